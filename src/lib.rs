pub mod balance;
pub mod cost;
pub mod flow;
pub mod io;
pub mod network;
pub mod scalar;
