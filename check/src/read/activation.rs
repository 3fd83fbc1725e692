//! The degrees of the activations that the metadata of a `.safetensors` file names.
//!
//! `activation` names one for all neurons, a rectified power's `degree` beside it or in parentheses; or one for each neuron, equal
//! neighbours counted: `relu x 10, rectified-power(2) x 6`.

use serde_json::Value;

use super::{ReadError, malformed};

/// The degree of each neuron, NaN for an activation that has none; `None` where the file does not say.
pub fn degrees(metadata: Option<&Value>, neurons: usize) -> Result<Option<Vec<f64>>, ReadError> {
    let text = |key: &str| metadata.and_then(|metadata| metadata.get(key)).and_then(Value::as_str);
    let Some(named) = text("activation") else { return Ok(None) };
    let unknown = || ReadError::UnknownLayout {
        reason: format!("its activation is {:?}", named.chars().take(80).collect::<String>()),
    };
    if named == "rectified-power" {
        let degree = text("degree").and_then(number).ok_or_else(unknown)?;
        return Ok(Some(vec![degree; neurons]));
    }
    if let Some(degree) = one(named) {
        return Ok(Some(vec![degree; neurons]));
    }
    let mut each = Vec::new();
    for run in named.split(',') {
        let (name, times) = match run.rsplit_once(" x ") {
            None => (run, 1),
            Some((name, times)) => (name, times.trim().parse::<usize>().map_err(|_| unknown())?),
        };
        // So that a number in the file takes no more memory than the network.
        if times > neurons - each.len() {
            return Err(malformed(format!("its activations are of more than its {neurons} neurons")));
        }
        let degree = one(name.trim()).ok_or_else(unknown)?;
        each.resize(each.len() + times, degree);
    }
    if each.len() < neurons {
        return Err(malformed(format!("its activations are of {} neurons, and it has {neurons}", each.len())));
    }
    Ok(Some(each))
}

/// The degree of one activation, whose parameter is in parentheses.
fn one(text: &str) -> Option<f64> {
    if let Some(parameter) = text.strip_prefix("rectified-power(") {
        return number(parameter.strip_suffix(')')?);
    }
    if let Some(parameter) = text.strip_prefix("leaky-relu(") {
        return number(parameter.strip_suffix(')')?).map(|_| 1.0);
    }
    match text {
        "linear" | "relu" | "leaky-relu" => Some(1.0),
        "tanh" => Some(f64::NAN),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(metadata: Value) -> Option<Vec<f64>> {
        degrees(Some(&metadata), 3).unwrap()
    }

    #[test]
    fn every_neuron_has_the_degree_that_the_file_names() {
        assert_eq!(degrees(None, 3).unwrap(), None);
        assert_eq!(found(json!({"degree": "2"})), None);
        for one in ["linear", "relu", "leaky-relu", "relu x 3", "relu, leaky-relu(0.1) x 2"] {
            assert_eq!(found(json!({"activation": one})), Some(vec![1.0; 3]), "{one}");
        }
        assert_eq!(found(json!({"activation": "rectified-power", "degree": "2.0"})), Some(vec![2.0; 3]));
        assert_eq!(found(json!({"activation": "rectified-power(2)"})), Some(vec![2.0; 3]));
        let mixed = json!({"activation": "rectified-power(0.5), relu, rectified-power(3)"});
        assert_eq!(found(mixed), Some(vec![0.5, 1.0, 3.0]));
        assert!(found(json!({"activation": "tanh"})).unwrap().iter().all(|degree| degree.is_nan()));
    }

    /// Another program may know what it means, so it is no fault of the file.
    #[test]
    fn what_the_checker_does_not_know_it_hands_over() {
        for metadata in [
            json!({"activation": "softplus"}),
            json!({"activation": "rectified-power"}),
            json!({"activation": "rectified-power", "degree": "two"}),
            json!({"activation": "rectified-power(2 x 3"}),
            json!({"activation": "E = relu, I = linear"}),
            json!({"activation": "relu x many"}),
        ] {
            let error = degrees(Some(&metadata), 3).unwrap_err();
            assert!(error.is_unknown(), "{metadata}: {error}");
        }
        for (named, said) in [
            ("relu x 4", "its activations are of more than its 3 neurons"),
            ("relu x 3, linear", "its activations are of more than its 3 neurons"),
            ("relu x 2", "its activations are of 2 neurons, and it has 3"),
            ("relu, linear", "its activations are of 2 neurons, and it has 3"),
        ] {
            let error = degrees(Some(&json!({"activation": named})), 3).unwrap_err();
            assert_eq!((error.is_unknown(), error.to_string().as_str()), (false, said));
        }
    }
}
