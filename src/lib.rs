pub mod balance;
pub mod cost;
pub mod flow;
pub mod network;
pub mod scalar;
