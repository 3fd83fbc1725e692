//! Certified trajectories: the bound is never below the true error, and is not much above it.

mod common;

use synbal::balance::*;
use synbal::cost::{CostGraph, CostSpec};
use synbal::network::Activation;
use synbal::network::Network;
use synbal::rigor::trajectory::*;
use synbal::tasks::{random_network, stream};

#[test]
fn explore() {
    for (n, density) in [(2, 1.0), (8, 0.5), (30, 0.3), (60, 0.2)] {
        let weights = random_network(&mut stream(7, 0), n, density, 1.0).unwrap();
        let graph = CostGraph::of_network(&Network::recurrent(weights, Activation::Linear), &CostSpec::power(2.0)).unwrap();
        let horizon = Horizon { time: 10.0, most_steps: 400 };
        let mut all = vec![("euler", 0.0, Euler.trajectory(&graph, &horizon).unwrap())];
        for (name, stepper) in [("rk4", Stepper::Rk4), ("dopri5", Stepper::Dopri5), ("dop853", Stepper::Dop853)] {
            for tol in [1e-5, 1e-8, 1e-12] {
                let flow = OdeFlow { step_tol: tol, ..OdeFlow::new(stepper, Form::LogScales) };
                all.push((name, tol, flow.trajectory(&graph, &horizon).unwrap()));
            }
        }
        let end = all.iter().map(|(_, _, t)| *t.times.last().unwrap()).fold(0.0, f64::max);
        let clock = std::time::Instant::now();
        let tube = Tube::new(&graph, all[0].2.rate, end).unwrap();
        println!("n {n} synapses {} tube radius {:e} in {:?}", graph.pattern().len(), tube.radius(), clock.elapsed());
        for (name, tol, t) in &all {
            let clock = std::time::Instant::now();
            let certified = certify(&graph, t).unwrap();
            let seconds = clock.elapsed();
            let errors = tube.errors_of(&graph, t).unwrap();
            let mut ratios: Vec<f64> = certified.bounds.iter().zip(&errors).skip(1).map(|(b, e)| b / e.most).collect();
            let last = certified.bounds.len() - 1;
            println!(
                "{name} {tol:e} steps {last} pieces {} bound {:e} error {:e}..{:e} time {seconds:?}",
                certified.pieces, certified.bounds[last], errors[last].least, errors[last].most
            );
            ratios.sort_by(f64::total_cmp);
            println!("   ratio median {:e} max {:e} min {:e}", ratios[ratios.len() / 2], ratios[ratios.len() - 1], ratios[0]);
            if n <= 8 {
                let clock = std::time::Instant::now();
                let reference = reference(&graph, t.rate, &t.times, 40, 240).unwrap();
                let exact = reference.errors(&t.states);
                println!("   60 digits {:e} in {:?}", exact[last], clock.elapsed());
                for (k, e) in exact.iter().enumerate() {
                    assert!(*e <= certified.bounds[k] && *e <= errors[k].most && *e >= errors[k].least, "{k} {e:e}");
                }
            }
        }
    }
}
