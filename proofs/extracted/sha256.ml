(* SHA-256 (FIPS 180-4), for the seal of a certificate and the name of its input. No theorem depends on it. *)

let is_prime n = n > 1 && (let rec go d = d * d > n || (n mod d <> 0 && go (d + 1)) in go 2)
let primes count = List.filteri (fun i _ -> i < count) (List.filter is_prime (List.init 320 Fun.id))

(* The first 32 bits of the fractional part of the root of order k of n, by whole numbers. *)
let fraction_of_root k n =
  let whole = if k = 2 then Z.sqrt (Z.shift_left (Z.of_int n) 64) else Z.root (Z.shift_left (Z.of_int n) 96) 3 in
  Z.to_int (Z.extract whole 0 32)

let start = Array.of_list (List.map (fraction_of_root 2) (primes 8))
let constants = Array.of_list (List.map (fraction_of_root 3) (primes 64))

let hex bytes =
  let word x = x land 0xffffffff in
  let turn x n = word ((x lsr n) lor (x lsl (32 - n))) in
  let length = String.length bytes in
  let blocks = ((length + 8) / 64) + 1 in
  let padded = Bytes.make (blocks * 64) '\000' in
  Bytes.blit_string bytes 0 padded 0 length;
  Bytes.set padded length '\x80';
  Bytes.set_int64_be padded ((blocks * 64) - 8) (Int64.of_int (8 * length));
  let state = Array.copy start and w = Array.make 64 0 in
  for block = 0 to blocks - 1 do
    for t = 0 to 15 do
      w.(t) <- word (Int32.to_int (Bytes.get_int32_be padded ((block * 64) + (4 * t))))
    done;
    for t = 16 to 63 do
      let a = w.(t - 15) and b = w.(t - 2) in
      let s0 = turn a 7 lxor turn a 18 lxor (a lsr 3) and s1 = turn b 17 lxor turn b 19 lxor (b lsr 10) in
      w.(t) <- word (w.(t - 16) + s0 + w.(t - 7) + s1)
    done;
    let v = Array.copy state in
    for t = 0 to 63 do
      let a = v.(0) and e = v.(4) in
      let choice = (e land v.(5)) lxor (lnot e land v.(6)) in
      let majority = (a land v.(1)) lxor (a land v.(2)) lxor (v.(1) land v.(2)) in
      let first = v.(7) + (turn e 6 lxor turn e 11 lxor turn e 25) + word choice + constants.(t) + w.(t) in
      let second = (turn a 2 lxor turn a 13 lxor turn a 22) + majority in
      Array.blit v 0 v 1 7;
      v.(4) <- word (v.(4) + first);
      v.(0) <- word (first + second)
    done;
    Array.iteri (fun i x -> state.(i) <- word (x + v.(i))) state
  done;
  String.concat "" (Array.to_list (Array.map (Printf.sprintf "%08x") state))
