pub mod network;
pub mod scalar;
