//! Moving edges, the stimulus that T4 and T5 answer to.

use crate::tasks::Trials;

/// A bright or dark edge that moves across the eye, at whose sides the light is that of the grey before and of the edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovingEdges {
    /// Columns from the centre of the eye to its edge, as of the network.
    pub extent: u32,
    /// Directions, evenly spaced from 0; each with a bright (ON) and a dark (OFF) edge.
    pub directions: usize,
    /// Columns that the edge passes in a second.
    pub speed: f64,
    /// Step Δt in seconds.
    pub step: f64,
    /// Seconds of grey before the edge comes in.
    pub grey: f64,
}

/// Light before the edge, and behind a bright and a dark one.
const GREY: f64 = 0.5;
const BRIGHT: f64 = 1.0;
const DARK: f64 = 0.0;

impl MovingEdges {
    /// The standard stimulus: four directions, 24 columns a second, steps of 5 ms, 100 ms of grey.
    pub fn standard(extent: u32) -> Self {
        MovingEdges { extent, directions: 4, speed: 24.0, step: 0.005, grey: 0.1 }
    }

    /// The trials: for each direction the bright and then the dark edge; one input for each column, in their order (by
    /// u, then by v). An edge comes in one column before the eye and goes out one behind it.
    pub fn trials(&self) -> Trials {
        let columns: Vec<(f64, f64)> = columns(self.extent).map(|(u, v)| plane(u, v)).collect();
        let far = f64::from(self.extent) + 1.0;
        let steps = ((self.grey + 2.0 * far / self.speed) / self.step).ceil() as usize;
        let count = 2 * self.directions;
        let input = (0..steps)
            .map(|step| {
                // Where the edge is, along its direction, in columns from the centre.
                let place = self.speed * (step as f64 * self.step - self.grey) - far;
                let mut values = Vec::with_capacity(columns.len() * count);
                for &(x, y) in &columns {
                    for direction in 0..self.directions {
                        let (sine, cosine) =
                            (std::f64::consts::TAU * direction as f64 / self.directions as f64).sin_cos();
                        let passed = x * cosine + y * sine < place;
                        values.extend(if passed { [BRIGHT, DARK] } else { [GREY, GREY] });
                    }
                }
                values
            })
            .collect();
        Trials { count, input, step: self.step }
    }
}

/// The columns of an eye, by u and then by v.
pub fn columns(extent: u32) -> impl Iterator<Item = (i64, i64)> {
    let extent = i64::from(extent);
    (-extent..=extent).flat_map(move |u| ((-extent).max(-extent - u)..=extent.min(extent - u)).map(move |v| (u, v)))
}

/// Where a column is in the plane, in distances of neighbouring columns.
fn plane(u: i64, v: i64) -> (f64, f64) {
    (u as f64 + 0.5 * v as f64, 0.5 * 3.0_f64.sqrt() * v as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_crosses_the_eye_in_its_direction() {
        let edges = MovingEdges::standard(2);
        let trials = edges.trials();
        let columns: Vec<(i64, i64)> = columns(2).collect();
        assert_eq!((columns.len(), trials.count), (19, 8));
        let at = |step: usize, column: usize, trial: usize| trials.input[step][column * trials.count + trial];
        let arrival =
            |column: usize, trial: usize| (0..trials.input.len()).find(|&k| at(k, column, trial) != GREY).unwrap();
        let (left, right) = (columns.iter().position(|&c| c == (-2, 0)), columns.iter().position(|&c| c == (2, 0)));
        let (left, right) = (left.unwrap(), right.unwrap());
        for column in 0..columns.len() {
            assert_eq!([at(0, column, 0), at(0, column, 1)], [GREY, GREY], "grey first");
            let last = trials.input.len() - 1;
            assert_eq!([at(last, column, 0), at(last, column, 1)], [BRIGHT, DARK], "the edge has passed");
        }
        // Four columns at 24 a second are 33 steps of 5 ms; rightwards in direction 0, leftwards in direction 2.
        for (trial, (first, second)) in [(0, (left, right)), (1, (left, right)), (4, (right, left))] {
            let steps = arrival(second, trial) - arrival(first, trial);
            assert!((33..=34).contains(&steps), "{trial}: {steps}");
        }
    }

    /// Reckoned by hand: 24 columns a second are 8.33 steps a column; the edge comes in after 100 ms, 3 columns before the centre.
    #[test]
    fn an_edge_is_where_and_when_it_is_said_to_be() {
        let trials = MovingEdges::standard(2).trials();
        let arrival = |column: (i64, i64), trial: usize| {
            let place = columns(2).position(|c| c == column).unwrap();
            (0..trials.input.len()).find(|&k| trials.input[k][place * trials.count + trial] != GREY).unwrap()
        };
        // Until it is 3 columns behind the centre: 100 ms and 6 columns.
        assert!((70..=71).contains(&trials.input.len()), "{}", trials.input.len());
        for trial in 0..8 {
            assert!((45..=46).contains(&arrival((0, 0), trial)), "{trial}: {}", arrival((0, 0), trial));
        }
        // Up and down, where columns two steps apart along v and one back along u are the square root of 3 apart.
        assert_eq!([arrival((-1, 2), 2), arrival((1, -2), 6)], [60, 60]);
        assert_eq!([arrival((-1, 2), 6), arrival((1, -2), 2)], [31, 31]);
        // Rightwards, a column and a half from the centre.
        assert_eq!([arrival((1, 1), 0), arrival((-1, -1), 0)], [58, 33]);
        for (u, v) in [(1, 0), (0, 1), (-1, 1)] {
            let (x, y) = plane(u, v);
            assert!((x.hypot(y) - 1.0).abs() < 1e-15, "neighbours are one apart");
        }
    }
}
