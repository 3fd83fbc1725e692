(* `checker CERTIFICATE NETWORK`: exit status 0 if the proved checker accepts. `checker --coq CERTIFICATE NETWORK` prints what
   it read as a Coq term of the type `file`, for Coq itself to check. *)

open Reading

(* [Checker] has a module Z of its own. *)
let big_of_int = Z.of_int
let power_of_two = Z.shift_left Z.one
let nothing = Z.zero
let one = Z.one
let positive x = Z.sign x > 0

let seal_line = "  \"seal\": \""

let check_seal certificate seal =
  let tail = seal_line ^ seal ^ "\"\n}\n" in
  let at = String.length certificate - String.length tail in
  if at < 0 || String.sub certificate at (String.length tail) <> tail then refuse "it does not end in its seal";
  if Sha256.hex (String.sub certificate 0 at) <> seal then refuse "the seal is broken"

let names =
  [ "format"; "version"; "input_sha256"; "p"; "scope"; "alpha"; "accumulated"; "world"; "cost_unit_bits"; "radius_unit_bits"; "gap"; "lam"; "vmax";
    "radius"; "scale"; "ground"; "component"; "deficits"; "seal" ]

let rec order = function 1 -> 0 | b when b > 1 && b mod 2 = 0 -> 1 + order (b / 2) | b -> refuse "p has the denominator %d" b

(* The place of each neuron's component in an order that the synapses between components follow, as far as there is one. The proved
   checker decides whether all do: then those synapses lie on no cycle. *)
let ranks n component (weights : Checker.weight list) =
  let label i = component.(Z.to_int i - 1) in
  let between (w : Checker.weight) =
    if label w.post <> label w.pre && positive w.factor then Some (w.post, w.pre, ()) else None in
  let between = List.filter_map between weights in
  let into = Array.make n 0 and out = Array.make n [] and rank = Array.make n 1 in
  List.iter (fun (i, j, ()) -> into.(label i) <- into.(label i) + 1; out.(label j) <- label i :: out.(label j)) between;
  let ready = ref (List.filter (fun c -> into.(c) = 0) (List.init n Fun.id)) and seen = ref 0 in
  while !ready <> [] do
    let c = List.hd !ready in
    ready := List.tl !ready;
    incr seen;
    rank.(c) <- !seen;
    List.iter (fun d -> into.(d) <- into.(d) - 1; if into.(d) = 0 then ready := d :: !ready) out.(c)
  done;
  List.init n (fun i -> big_of_int rank.(component.(i)))

let weight (i, j, x, (factor, factor_exponent), lowered) =
  let m, e = dyadic x in
  Checker.{ post = big_of_int i; pre = big_of_int j; mantissa = big_of_int m; exponent = big_of_int e; factor; factor_exponent; lowered }

let plain = (one, nothing)

(* A finite f64 that is not negative, as an odd number and an exponent. *)
let factor name = function
  | Array [ Text "0x0"; Number 0 ] -> (nothing, nothing)
  | Array [ m; Number e ] ->
    let m = hexadecimal name m in
    if Z.is_even m || Z.numbits m > 53 || e < -1074 || e > 1023 then refuse "%s is no odd number times a power of two" name;
    (m, big_of_int e)
  | _ -> refuse "%s is no number and exponent" name

let by_pair (i, j, _, _) (k, l, _, _) = if i <> k then Int.compare i k else Int.compare j l

(* The input weights, biases and read-out weights, zeros included, as synapses from and to the world, the last of n nodes. *)
let with_world input n lambda =
  match Lazy.force input.from_world, Lazy.force input.to_world with
  | Some from_world, Some to_world ->
    let exists (i, _) = if i < 1 || i >= n then refuse "neuron %d does not exist" i in
    List.iter exists from_world;
    List.iter exists to_world;
    append (map (fun (i, x) -> (i, n, x, plain)) from_world) (map (fun (j, x) -> (n, j, x, lambda)) to_world)
  | _ -> refuse "the network has no inputs or no read-out, which its world needs"

(* What a certificate is about: the file as [Weights.v] has it, and for accumulated noise what its costs come from. *)
type claims = { frame : Checker.file; noise : Checker.noise option }

let read certificate_path network_path =
  let certificate = contents certificate_path and data = contents network_path in
  let claims = json certificate in
  let get name = field claims name in
  (match claims with
   | Object fields when
       (let given = List.map fst fields in
        given = List.filter (fun name -> List.mem name given || (name <> "alpha" && name <> "accumulated")) names) -> ()
   | _ -> refuse "its fields are not those of a certificate");
  if get "format" <> Text "synbal-certificate" || get "version" <> Number 1 then refuse "another format or version";
  check_seal certificate (text "seal" (get "seal"));
  if text "input_sha256" (get "input_sha256") <> Sha256.hex data then refuse "it is about another input";
  let a, b =
    match get "p" with Array [ Number a; Number b ] when a > 0 && b > 0 && (b = 1 || a mod 2 = 1) -> (a, b)
                     | _ -> refuse "p is no positive fraction in lowest terms" in
  let within =
    match get "scope" with Text "whole" -> false | Text "components" -> true | _ -> refuse "unknown scope" in
  let input = network network_path data in
  let lambda = match get "world" with Null -> None | given -> Some (factor "world" given) in
  let neurons = input.neurons in
  let n = if lambda = None then neurons else neurons + 1 in
  let alpha = match claims with
    | Object fields when List.mem_assoc "alpha" fields ->
      let alpha = Array.of_list (List.map (factor "alpha") (list "alpha" (get "alpha"))) in
      if Array.length alpha <> neurons then refuse "alpha has %d entries, the network %d neurons" (Array.length alpha) neurons;
      alpha
    | _ -> Array.make neurons plain in
  let accumulated = match claims with
    | Object fields when List.mem_assoc "accumulated" fields ->
      if (a, b) <> (2, 1) || lambda <> None || List.mem_assoc "alpha" fields then refuse "accumulated noise has p = 2, no factors and no world";
      (match get "accumulated" with
       | Array [ Number steps; discount ] when steps > 0 ->
         let m, e = factor "accumulated" discount in
         if not (positive m) then refuse "the steps have no weight";
         Some (steps, m, e)
       | _ -> refuse "accumulated is no number of steps and weight")
    | _ -> None in
  let recurrent = List.rev (List.rev_map (fun (i, j, x) -> (i, j, x, alpha.(j - 1))) input.recurrent) in
  let synapses = match lambda with
    | None -> recurrent
    | Some (m, _) when not (positive m) -> refuse "world is zero"
    | Some lambda ->
      List.stable_sort by_pair (List.filter (fun (_, _, x, _) -> x <> 0.) (append recurrent (with_world input n lambda))) in
  let numbers name = List.rev (List.rev_map (hexadecimal name) (list name (get name))) in
  let scale = numbers "scale" and ground = numbers "ground" in
  let component = List.rev (List.rev_map (int "component") (list "component" (get "component"))) in
  List.iter (fun l -> if l <> n then refuse "a list has %d entries, the network %d neurons" l n)
    [ List.length scale; List.length ground; List.length component ];
  List.iter (fun c -> if c < 0 || c >= n then refuse "neuron %d does not exist" c) component;
  let big name = hexadecimal name (get name) in
  let bits name = match int name (get name) with s when s >= 0 && s <= 131072 -> s | s -> refuse "%s is %d" name s in
  let neuron scale (ground, component) = Checker.{ scale; ground; component = big_of_int (component + 1) } in
  let deficit = function
    | Array [ Number i; Number j; d ] -> (i + 1, j + 1, hexadecimal "deficits" d)
    | _ -> refuse "deficits are not triples" in
  (* Deficits come in the order of their synapses, none for nothing. *)
  let rec attach synapses deficits found =
    match synapses, deficits with
    | (i, j, x, c) :: rest, (k, l, d) :: later when (i, j) = (k, l) && positive d -> attach rest later ((i, j, x, c, d) :: found)
    | (i, j, x, c) :: rest, _ -> attach rest deficits ((i, j, x, c, nothing) :: found)
    | [], (k, l, _) :: _ -> refuse "the deficit of %d %d belongs to no synapse, or is zero or out of order" (k - 1) (l - 1)
    | [], [] -> List.rev found in
  let deficits = List.rev (List.rev_map deficit (list "deficits" (get "deficits"))) in
  let weights = if accumulated = None then List.rev (List.rev_map weight (attach synapses deficits [])) else [] in
  let frame = Checker.{
    bits = big_of_int (bits "cost_unit_bits"); numerator = big_of_int a; roots = order b; within; world = lambda <> None;
    nodes = List.rev (List.rev_map2 neuron scale (List.rev (List.rev_map2 (fun g c -> (g, c)) ground component)));
    ranks = ranks n (Array.of_list component) weights; weights; claim_gap = big "gap"; claim_lam = big "lam"; claim_vmax = big "vmax"; claim_radius = big "radius";
    claim_radius_unit = power_of_two (bits "radius_unit_bits") } in
  match accumulated with
  | None -> { frame; noise = None }
  | Some (steps, m, e) ->
    if n > 2048 then refuse "the dense matrix of accumulated noise is for at most 2048 neurons";
    (* The weights as integers in one unit 2^unit; a finer one does no harm, and with it the entries of the matrix are in fine units. *)
    let dyadics = map (fun (i, j, x) -> let m, e = dyadic x in (i, j, m, e)) input.recurrent in
    let finest = List.fold_left (fun least (_, _, _, e) -> min least e) 0 dyadics in
    let unit = min finest (-1 - (abs (Z.to_int e) / 2)) in
    let matrix entries =
      let rows = Array.make_matrix n n nothing in
      List.iter (fun (i, j, z) -> rows.(i - 1).(j - 1) <- z) entries;
      Array.to_list (Array.map Array.to_list rows) in
    let rows = matrix (map (fun (i, j, m, e) -> (i, j, Z.shift_left (big_of_int m) (e - unit))) dyadics) in
    let rec ordered = function (i, j, d) :: ((k, l, _) :: _ as rest) -> positive d && (i, j) < (k, l) && ordered rest | _ -> true in
    let inside (i, j, d) = positive d && i >= 1 && i <= n && j >= 1 && j <= n in
    if not (ordered deficits && List.for_all inside deficits) then refuse "a deficit is zero, out of order or of no neurons";
    let noise frame = Checker.{
        rows; rows_exponent = big_of_int unit; steps; discount = m; discount_exponent = e; lowered_by = matrix deficits; frame } in
    let entries = (Checker.noise_file (noise frame)).Checker.weights in
    let costs = Array.make_matrix n n nothing in
    List.iter (fun (w : Checker.weight) -> costs.(Z.to_int w.post - 1).(Z.to_int w.pre - 1) <- w.factor) entries;
    let counts (i, j, _) = positive costs.(i - 1).(j - 1) && List.nth component (i - 1) = List.nth component (j - 1) in
    if not (List.for_all counts deficits) then refuse "a deficit belongs to no entry of the matrix";
    let frame = { frame with ranks = ranks n (Array.of_list component) entries } in
    { frame; noise = Some (noise frame) }

(* The weights' own costs, or those of accumulated noise. *)
let proved claims = match claims.noise with None -> Checker.accepts claims.frame | Some noise -> Checker.accepts_noise noise

let proved_as_written claims = match claims.noise with
  | None -> Checker.as_written claims.frame
  | Some noise -> Checker.accepts_noise noise && Checker.as_written (Checker.noise_file noise)

let accept decide certificate network =
  let claims = read certificate network in
  if not (decide claims) then refuse "the proved checker does not accept it";
  let file = match claims.noise with
    | None -> claims.frame
    | Some noise ->
      let file = Checker.noise_file noise in
      let weights = List.filter (fun (w : Checker.weight) -> positive w.factor) file.weights in
      { file with weights } in
  Printf.printf "accepted: %d neurons, %d synapses, gap %s / 2^%s, radius %s / 2^%d\n" (List.length file.nodes)
    (List.length file.weights) (Z.to_string file.claim_gap) (Z.to_string file.bits) (Z.to_string file.claim_radius)
    (Z.numbits file.claim_radius_unit - 1)

(* log2 of a positive integer. *)
let log2 z =
  let extra = max 0 (Z.numbits z - 60) in
  Float.log2 (Z.to_float (Z.shift_right z extra)) +. float_of_int extra

(* The certificate has the log-scales of each component up to a power of two, and what was written has the components side by side: these
   are the powers that fit. A wrong guess is refused below, never accepted: a file of other scales is a file of its own. *)
let side_by_side (file : Checker.file) weights written =
  let nodes = Array.of_list file.nodes in
  let node i = nodes.(Z.to_int i - 1) in
  let label i = Z.to_int (node i).component - 1 in
  let p = Z.to_float file.numerator /. Float.pow 2. (float_of_int file.roots) in
  let magnitude (w : Checker.weight) = log2 (Z.abs w.mantissa) +. float_of_int (Z.to_int w.exponent) in
  let between = Array.make (Array.length nodes) [] in
  List.iter2 (fun (v : Checker.weight) (w : Checker.weight) ->
      let i, j = (label v.post, label v.pre) in
      if i <> j && Z.sign v.mantissa <> 0 && Z.sign w.mantissa <> 0 then begin
        let off = (p *. (magnitude w -. magnitude v)) +. log2 (node v.post).scale -. log2 (node v.pre).scale in
        let steps = int_of_float (Float.round off) in
        between.(i) <- (j, steps) :: between.(i);
        between.(j) <- (i, -steps) :: between.(j)
      end) weights written;
  let shift = Array.make (Array.length nodes) None in
  let rec visit = function
    | [] -> ()
    | (c, s) :: rest when shift.(c) = None ->
      shift.(c) <- Some s;
      visit (List.rev_append (List.rev_map (fun (d, steps) -> (d, s + steps)) between.(c)) rest)
    | _ :: rest -> visit rest in
  Array.iteri (fun c _ -> visit [ (c, 0) ]) nodes;
  let shift (x : Checker.neuron) = Option.get shift.(Z.to_int x.component - 1) in
  let least = List.fold_left (fun least x -> min least (shift x)) 0 file.nodes in
  let moved (x : Checker.neuron) =
    let scale = Z.shift_left x.scale (shift x - least) in
    Checker.{ x with scale } in
  Checker.{ file with nodes = List.rev (List.rev_map moved file.nodes) }

let pair bits certificate network output =
  let bits = match int_of_string_opt bits with Some b when b > 0 && b <= 10000 -> b | _ -> refuse "%s is no number of bits" bits in
  let claims = read certificate network in
  let file = claims.frame in
  (* All weights of the world, zeros included: so the place of each says which input or output it belongs to. *)
  let weights path =
    let input = Reading.network path (contents path) in
    let recurrent = map (fun (i, j, x) -> (i, j, x, plain)) input.recurrent in
    let all = if file.world then List.stable_sort by_pair (append recurrent (with_world input (List.length file.nodes) plain)) else recurrent in
    ((if file.world then input.ends else []), map (fun (i, j, x, c) -> weight (i, j, x, c, nothing)) all) in
  let (ends, given), (found, written) = (weights network, weights output) in
  if ends <> found then refuse "the output has inputs, biases or read-outs of another shape";
  if List.length written <> List.length given then refuse "the output has other synapses";
  let file = side_by_side file given written in
  let noise = Option.map (fun noise -> Checker.{ noise with frame = file }) claims.noise in
  (* The weights that are rescaled are the network's own, whatever the costs. *)
  let file = if noise = None then file else Checker.{ file with weights = given } in
  if not (proved { frame = file; noise }) then refuse "the proved checker does not accept it";
  let decide = if file.world then Checker.weights_ok Checker.{ file with weights = given } else Checker.pair_ok file in
  if not (decide written one (power_of_two bits)) then refuse "the output is not the rescaled network to 2^-%d" bits;
  Printf.printf "accepted: %d weights of the output are those of the network, rescaled, to 2^-%d\n" (List.length written) bits

let print certificate network =
  let claims = read certificate network in
  if claims.noise <> None then refuse "Coq files are about the weights' own costs";
  let file = claims.frame in
  let n x = if Z.sign x < 0 then "(" ^ Z.to_string x ^ ")" else Z.format "%#x" x in
  let neuron (x : Checker.neuron) = Printf.sprintf "Neuron %s %s %s" (n x.scale) (n x.ground) (n x.component) in
  let weight (w : Checker.weight) =
    Printf.sprintf "Weight %s %s %s %s %s %s %s" (n w.post) (n w.pre) (n w.mantissa) (n w.exponent) (n w.factor)
      (n w.factor_exponent) (n w.lowered) in
  let all show l = String.concat ";\n    " (List.rev (List.rev_map show l)) in
  Printf.printf "File %s %s %d %b %b\n  [ %s ]\n  [ %s ]%%positive\n  [ %s ]\n  %s %s %s %s %s" (n file.bits) (n file.numerator)
    file.roots file.within file.world (all neuron file.nodes) (all n file.ranks) (all weight file.weights) (n file.claim_gap) (n file.claim_lam)
    (n file.claim_vmax) (n file.claim_radius) (n file.claim_radius_unit)

let () =
  try
    match Sys.argv with
    | [| _; "--coq"; certificate; network |] -> print certificate network
    | [| _; "--pair"; bits; certificate; network; output |] -> pair bits certificate network output
    | [| _; "--as-written"; certificate; network |] -> accept proved_as_written certificate network
    | [| _; certificate; network |] -> accept proved certificate network
    | _ -> prerr_endline "usage: checker [--coq | --as-written] CERTIFICATE NETWORK, or checker --pair BITS CERTIFICATE NETWORK OUTPUT"; exit 2
  with
  | Refused reason -> prerr_endline ("refused: " ^ reason); exit 1
  | Failure reason | Invalid_argument reason | Sys_error reason -> prerr_endline ("refused: unreadable: " ^ reason); exit 1
