//! `synbal generate`.

use super::*;

#[test]
fn generated_cases_are_those_of_the_report() {
    let folder = scratch();
    for case in embedded_cases(7).unwrap() {
        let file = format!("{}.safetensors", case.name);
        let output = run(folder.path(), &["generate", &case.name, "--seed", "7", "-o", &file]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let network = read_network(&folder.path().join(file), Activation::Relu).unwrap().network;
        assert_eq!(network, case.network, "{}", case.name);
        // What it says to do next is what the report does.
        let (within, world) = (case.scope == Scope::WithinComponents, case.spec.world.is_some());
        assert_eq!(stdout(&output).contains("--within-components"), within, "{}", case.name);
        assert_eq!(stdout(&output).contains("--world"), world, "{}", case.name);
    }
    refused(folder.path(), &["generate", "nobody", "-o", "a.mtx"], &["nobody", "flyvis", "celegans", "feed-forward"]);
    refused(folder.path(), &["generate", "ring", "--model", "1", "-o", "a.mtx"], &["--model", "ring"]);
    refused(folder.path(), &["generate", "flyvis", "--seed", "1", "-o", "a.mtx"], &["--seed", "flyvis"]);
    refused(folder.path(), &["generate", "flyvis", "--model", "50", "-o", "a.mtx"], &["50", "0 to 49"]);
}

#[test]
fn a_generated_fly_is_the_network_that_was_asked_for() {
    let folder = scratch();
    let arguments = ["generate", "flyvis", "--extent", "1", "--model", "7", "-o", "a.safetensors", "--names", "n.csv"];
    let output = run(folder.path(), &arguments);
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    let plan = FlyvisNetwork { extent: 1, model: 7, inputs: Inputs::PerColumn, outputs: Outputs::PerType };
    let loaded = read_network(&folder.path().join("a.safetensors"), Activation::Relu).unwrap();
    assert_eq!(loaded.network, plan.build().unwrap());
    let names = fs::read_to_string(folder.path().join("n.csv")).unwrap();
    let expected: Vec<String> = plan
        .neurons()
        .unwrap()
        .iter()
        .map(|neuron| format!("{},{},{}", neuron.cell_type, neuron.u, neuron.v))
        .collect();
    assert_eq!(names.lines().next(), Some("type,u,v"));
    assert_eq!(names.lines().skip(1).collect::<Vec<_>>(), expected);
}
