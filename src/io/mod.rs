#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("x")]
    X,
}
pub mod embedded {
    use crate::network::Weights;
    fn rd(text: &str) -> Weights {
        let mut n = 0;
        let mut t = vec![];
        for l in text.lines().filter(|l| !l.starts_with('%')) {
            let v: Vec<f64> = l.split_whitespace().map(|x| x.parse().unwrap()).collect();
            if n == 0 {
                n = v[0] as usize;
                continue;
            }
            t.push((v[0] as usize - 1, v[1] as usize - 1, v[2]));
        }
        Weights::from_triplets(n, t).unwrap()
    }
    pub fn celegans() -> Result<Weights, super::ReadError> {
        Ok(rd(include_str!("/work/shared/data/celegans_varshney2011_chem.mtx")))
    }
    pub fn fly_types() -> Result<Weights, super::ReadError> {
        Ok(rd(include_str!("/work/shared/data/flyvis/flyvis_types65_model000.mtx")))
    }
}
