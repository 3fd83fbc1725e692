//! The way of a solver, in a bounded number of points.

/// One moment of a solver's run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracePoint {
    /// Passes over the synapses so far.
    pub passes: usize,
    /// Flow time, for methods that follow the flow.
    pub time: Option<f64>,
    /// Total cost.
    pub cost: f64,
    /// `max_i |g_i|/(r_i + c_i)`.
    pub imbalance: f64,
}

/// A trace of bounded length: when it is full, every other point goes and the stride doubles.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    points: Vec<TracePoint>,
    stride: usize,
    seen: usize,
}

impl Default for Trace {
    fn default() -> Self {
        Trace { points: Vec::new(), stride: 1, seen: 0 }
    }
}

impl Trace {
    const CAPACITY: usize = 512;

    /// Records a point, or leaves it out if the trace has grown too fine.
    pub fn push(&mut self, point: TracePoint) {
        if self.seen.is_multiple_of(self.stride) {
            if self.points.len() == Self::CAPACITY {
                let mut index = 0;
                self.points.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.stride *= 2;
            }
            self.points.push(point);
        }
        self.seen += 1;
    }

    /// All points that were kept.
    pub fn into_points(self) -> Vec<TracePoint> {
        self.points
    }
}
