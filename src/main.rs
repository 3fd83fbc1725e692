use synbal::{balance::*, cost::*, network::*};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
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
    let net = Network::recurrent(Weights::from_triplets(n, t).unwrap(), Activation::Relu);
    let mut first: Option<Network> = None;
    for m in Method::ALL {
        let s = std::time::Instant::now();
        let b = balance(&net, &CostSpec::power(2.0), Scope::WithinComponents, m, &Stop::default()).unwrap();
        let o = &b.outcome;
        let diff = first.as_ref().map(|f| {
            f.weights
                .values()
                .iter()
                .zip(b.network.weights.values())
                .map(|(a, b)| ((a - b) / a).abs())
                .fold(0.0, f64::max)
        });
        println!(
            "{:15} {:?} it {} passes {} {:.1}->{:.10} imb {:.1e} {:.1e} {:.4}s ({:.3}) {:?} trace {}",
            o.method,
            o.status,
            o.iterations,
            o.passes,
            b.cost_initial,
            o.cost,
            o.imbalance,
            b.imbalance_final,
            b.seconds,
            s.elapsed().as_secs_f64(),
            diff,
            o.trace.len()
        );
        first.get_or_insert(b.network);
    }
}
