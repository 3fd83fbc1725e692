//! A reference arithmetic for tests of formulas.

/// Numbers of twice the precision (Dekker, Knuth): an unevaluated sum of two f64, relative error some u².
#[derive(Clone, Copy)]
pub struct Double(f64, f64);

impl Double {
    pub fn of(x: f64) -> Self {
        Double(x, 0.0)
    }

    fn sum(a: f64, b: f64) -> Self {
        let s = a + b;
        let t = s - a;
        Double(s, (a - (s - t)) + (b - t))
    }

    pub fn plus(self, other: Double) -> Self {
        let Double(s, e) = Double::sum(self.0, other.0);
        Double::sum(s, e + self.1 + other.1)
    }

    pub fn minus(self, other: Double) -> Self {
        self.plus(Double(-other.0, -other.1))
    }

    pub fn times(self, x: f64) -> Self {
        let product = self.0 * x;
        Double::sum(product, self.0.mul_add(x, -product) + self.1 * x)
    }

    pub fn over(self, x: f64) -> Self {
        let quotient = self.0 / x;
        let rest = (-quotient).mul_add(x, self.0) + self.1;
        Double::sum(quotient, rest / x)
    }

    pub fn value(self) -> f64 {
        self.0 + self.1
    }
}
