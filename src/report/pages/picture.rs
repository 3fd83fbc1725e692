//! A small network before and after: what balancing is, seen.

use maud::{Markup, html};

use crate::balance::{Criteria, Method, Problem, Scope};
use crate::cost::{CostGraph, CostSpec};
use crate::flow::node_costs;
use crate::network::{Activation, Network, Weights};

/// `(target, source, weight)`: a loop through all four neurons, and two shortcuts. Neuron 0 gets much and gives little.
const SYNAPSES: [(usize, usize, f64); 6] =
    [(0, 3, 2.6), (1, 0, 0.5), (2, 1, 1.0), (3, 2, 1.6), (0, 2, 1.5), (1, 3, 0.6)];
const NEURONS: usize = 4;
const WIDTH: f64 = 270.0;
const HEIGHT: f64 = 218.0;
const RADIUS: f64 = 15.0;

/// One side of the picture.
struct Panel {
    title: &'static str,
    network: Network,
    incoming: Vec<f64>,
    outgoing: Vec<f64>,
    cost: f64,
}

impl Panel {
    fn of(title: &'static str, network: Network) -> Option<Panel> {
        let graph = CostGraph::of_network(&network, &CostSpec::power(2.0)).ok()?;
        let sums = node_costs(graph.pattern(), &graph.costs_at(&[0.0; NEURONS]), &0.0);
        let cost = sums.incoming.iter().sum();
        Some(Panel { title, network, incoming: sums.incoming, outgoing: sums.outgoing, cost })
    }
}

/// The picture, made by balancing; nothing if that failed, which a test rules out.
pub(super) fn picture() -> Markup {
    let Some([before, after]) = panels() else { return html! {} };
    let largest = before.incoming.iter().chain(&before.outgoing).fold(0.0_f64, |a, &b| a.max(b));
    let seen = format!(
        "Four neurons in a loop. As given their incoming and outgoing costs differ up to {:.1}-fold; balanced they are equal, and the cost falls from {:.1} to {:.1}.",
        (0..NEURONS).map(|i| ratio(before.incoming[i], before.outgoing[i])).fold(1.0, f64::max),
        before.cost,
        after.cost
    );
    html! {
        figure class="picture" {
            svg role="img" viewBox={ "0 0 " (2.0 * WIDTH) " " (HEIGHT) } {
                title { "A small network before and after balancing" }
                desc { (seen) }
                (panel(&before, 0.0, largest))
                (panel(&after, WIDTH, largest))
            }
            figcaption {
                "The same function before and after. Width of an arrow: its weight. Bars: what a neuron's incoming ("
                span class="incoming" { "■" } ") and outgoing (" span class="outgoing" { "■" } ") synapses cost."
            }
        }
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    (a / b).max(b / a)
}

fn panels() -> Option<[Panel; 2]> {
    let weights = Weights::from_triplets(NEURONS, SYNAPSES.to_vec()).ok()?;
    let network = Network::recurrent(weights, Activation::Relu);
    let problem = Problem::new(&network, &CostSpec::power(2.0), Scope::Whole).ok()?;
    let balanced = problem.solve(Method::Newton, &Criteria::default()).ok()?.converged().ok()?.into_run();
    let rescaled = balanced.network.clone();
    Some([Panel::of("as given", network)?, Panel::of("balanced", rescaled)?])
}

fn place(neuron: usize) -> (f64, f64) {
    let right = matches!(neuron, 1 | 2);
    let below = matches!(neuron, 2 | 3);
    (if right { 190.0 } else { 70.0 }, if below { 162.0 } else { 58.0 })
}

fn panel(panel: &Panel, left: f64, largest: f64) -> Markup {
    html! {
        g transform={ "translate(" (left) " 0)" } {
            text x=(WIDTH / 2.0) y="20" text-anchor="middle" font-size="15" { (panel.title) ", cost " (format!("{:.1}", panel.cost)) }
            @for (target, source, weight) in panel.network.weights.triplets() { (arrow(source, target, *weight)) }
            @for neuron in 0..NEURONS {
                @let (x, y) = place(neuron);
                circle class="neuron" cx=(x) cy=(y) r=(RADIUS) {}
                (bars(neuron, panel.incoming[neuron] / largest, panel.outgoing[neuron] / largest))
            }
        }
    }
}

fn arrow(source: usize, target: usize, weight: f64) -> Markup {
    let ((x0, y0), (x1, y1)) = (place(source), place(target));
    let length = (x1 - x0).hypot(y1 - y0);
    let (ux, uy) = ((x1 - x0) / length, (y1 - y0) / length);
    let width = 2.2 * weight;
    let head = 5.0 + width;
    let tip = RADIUS + 2.0;
    let at =
        |along: f64, aside: f64| format!("{:.1},{:.1}", x0 + along * ux - aside * uy, y0 + along * uy + aside * ux);
    let (from, to) = (RADIUS, length - tip - head);
    let half = width / 2.0;
    let outline = [
        at(from, half),
        at(to, half),
        at(to, head * 0.55),
        at(length - tip, 0.0),
        at(to, -head * 0.55),
        at(to, -half),
        at(from, -half),
    ];
    html! { polygon class="synapse" points=(outline.join(" ")) {} }
}

/// Two bars beside a neuron, on the side where no arrow is.
fn bars(neuron: usize, incoming: f64, outgoing: f64) -> Markup {
    const TALL: f64 = 46.0;
    const WIDE: f64 = 11.0;
    let (x, y) = place(neuron);
    let left = if x < WIDTH / 2.0 { x - RADIUS - 2.0 * WIDE - 8.0 } else { x + RADIUS + 8.0 };
    let floor = y + RADIUS + 6.0;
    let bar = |class: &str, x: f64, share: f64| {
        let height = (TALL * share).max(1.0);
        html! { rect class=(class) x=(x) y=(format!("{:.1}", floor - height)) width=(WIDE) height=(format!("{height:.1}")) {} }
    };
    html! { (bar("incoming", left, incoming)) (bar("outgoing", left + WIDE + 2.0, outgoing)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_shows_a_network_that_was_balanced() {
        let [before, after] = panels().unwrap();
        assert!(after.cost < 0.8 * before.cost);
        for i in 0..NEURONS {
            // Balanced to 1e-10 of the sum.
            assert!((after.incoming[i] - after.outgoing[i]).abs() <= 1e-10 * (after.incoming[i] + after.outgoing[i]));
        }
        assert!(picture().into_string().contains("<svg"));
    }
}
