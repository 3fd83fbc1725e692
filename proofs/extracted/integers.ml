(* Zarith under the names that Extract.v uses. Trusted: each function is what Coq's of the same name computes. *)

include Z

let same x = x
let xo p = Z.shift_left p 1
let xi p = Z.succ (xo p)

(* A positive number p is 1, 2q or 2q + 1. *)
let positive_case odd even one p =
  if Z.equal p Z.one then one ()
  else
    let q = Z.shift_right p 1 in
    if Z.is_even p then even q else odd q

let z_case zero positive negative x =
  let sign = Z.sign x in
  if sign = 0 then zero () else if sign > 0 then positive x else negative (Z.neg x)

(* Coq rounds quotients down, and divides by zero: the quotient is 0, the rest the number. *)
let div_eucl a b =
  if Z.sign b = 0 then (Z.zero, a)
  else
    let quotient = Z.fdiv a b in
    (quotient, Z.sub a (Z.mul quotient b))

let div a b = fst (div_eucl a b)

(* Powers with a negative exponent and roots of negative numbers are 0 in Coq. *)
let pow x n = if Z.sign n < 0 then Z.zero else Z.pow x (Z.to_int n)
let sqrt x = if Z.sign x <= 0 then Z.zero else Z.sqrt x

(* Shifting by a negative number rounds down. *)
let shiftl x n = if Z.sign n < 0 then Z.shift_right x (Z.to_int (Z.neg n)) else Z.shift_left x (Z.to_int n)
