(* Reading a certificate and its network. Trusted where it says which numbers the files hold: the weights, the log-scales,
   the claims. Everything else that it refuses is for the reader's benefit. *)

exception Refused of string

let refuse format = Printf.ksprintf (fun reason -> raise (Refused reason)) format

let contents path =
  let channel = open_in_bin path in
  Fun.protect ~finally:(fun () -> close_in channel) (fun () -> really_input_string channel (in_channel_length channel))

(* As long as they come. *)
let map f l = List.rev (List.rev_map f l)
let append l rest = List.rev_append (List.rev l) rest

(* JSON, as far as the two formats use it. *)
type json = Null | Number of int | Text of string | Array of json list | Object of (string * json) list

let json text =
  let at = ref 0 in
  let peek () = if !at < String.length text then text.[!at] else '\000' in
  let rec blank () = match peek () with ' ' | '\n' | '\t' | '\r' -> incr at; blank () | _ -> () in
  let expect c = if peek () = c then incr at else refuse "not JSON at byte %d: expected %C" !at c in
  let string () =
    expect '"';
    let from = !at in
    while peek () <> '"' do
      if !at >= String.length text || peek () = '\\' || peek () < ' ' then refuse "not a plain string at byte %d" !at;
      incr at
    done;
    incr at;
    String.sub text from (!at - from - 1) in
  let rec several close one found =
    blank ();
    if found = [] && peek () = close then (incr at; [])
    else begin
      let found = one () :: found in
      blank ();
      if peek () = ',' then (incr at; several close one found) else (expect close; List.rev found)
    end in
  let rec value () =
    blank ();
    match peek () with
    | '"' -> Text (string ())
    | '[' -> incr at; Array (several ']' value [])
    | '{' ->
      incr at;
      let field () = blank (); let name = string () in blank (); expect ':'; (name, value ()) in
      let fields = several '}' field [] in
      if List.length (List.sort_uniq compare (List.map fst fields)) < List.length fields then refuse "a field twice";
      Object fields
    | 'n' when !at + 4 <= String.length text && String.sub text !at 4 = "null" -> at := !at + 4; Null
    | _ ->
      let from = !at in
      if peek () = '-' then incr at;
      while peek () >= '0' && peek () <= '9' do incr at done;
      let digits = String.sub text from (!at - from) in
      (match int_of_string_opt digits with
       | Some n when string_of_int n = digits -> Number n
       | _ -> refuse "not a number at byte %d" from) in
  let result = value () in
  blank ();
  if !at < String.length text then refuse "more than one value, at byte %d" !at;
  result

let field object_ name =
  match object_ with
  | Object fields -> (try List.assoc name fields with Not_found -> refuse "there is no %s" name)
  | _ -> refuse "%s is looked for in something that has no fields" name

let int name = function Number n -> n | _ -> refuse "%s is not a number" name
let text name = function Text s -> s | _ -> refuse "%s is not a string" name
let list name = function Array l -> l | _ -> refuse "%s is not a list" name

(* The one spelling of an integer. *)
let hexadecimal name value =
  let s = text name value in
  let digit c = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') in
  let length = String.length s in
  if length < 3 || String.sub s 0 2 <> "0x" || (length > 3 && s.[2] = '0') then refuse "%s is no hexadecimal integer" name;
  String.iteri (fun i c -> if i > 1 && not (digit c) then refuse "%s is no hexadecimal integer" name) s;
  Z.of_string_base 16 (String.sub s 2 (length - 2))

(* A number x as (m, e) with x = m 2^e. *)
let dyadic x =
  let bits = Int64.bits_of_float x in
  let fraction = Int64.to_int (Int64.logand bits 0xfffffffffffffL) in
  let biased = Int64.to_int (Int64.logand (Int64.shift_right_logical bits 52) 0x7ffL) in
  if biased = 0x7ff then refuse "a weight is not finite";
  let m, e = if biased = 0 then (fraction, -1074) else (fraction lor (1 lsl 52), biased - 1075) in
  ((if Int64.compare bits 0L < 0 then -m else m), e)

(* Synapses are (target, source, weight), counted from 1; from_world are all input weights and biases with their target, to_world all
   read-out weights with their source, in the order of the file, zeros included; looked at only if there is a world node. ends are the
   shapes of the tensors that these come from. *)
type input = {
  neurons : int;
  recurrent : (int * int * float) list;
  from_world : (int * float) list option Lazy.t;
  to_world : (int * float) list option Lazy.t;
  ends : (string * int list) list;
}

let matrix_market data =
  match String.split_on_char '\n' data with
  | "%%MatrixMarket matrix coordinate real general" :: lines ->
    let words line = List.filter (( <> ) "") (String.split_on_char ' ' (String.trim line)) in
    let lines = List.filter (fun line -> line <> [] && (List.hd line).[0] <> '%') (List.rev (List.rev_map words lines)) in
    (match lines with
     | [ rows; columns; count ] :: entries when rows = columns && int_of_string count = List.length entries ->
       let entry = function
         | [ i; j; x ] -> (int_of_string i, int_of_string j, float_of_string x)
         | _ -> refuse "a line is no entry of a matrix" in
       { neurons = int_of_string rows; recurrent = map entry entries; from_world = lazy None; to_world = lazy None; ends = [] }
     | _ -> refuse "the sizes are not those of a square matrix with its entries")
  | _ -> refuse "not a real, general coordinate matrix"

(* A safetensors file in 64 bits: recurrent weights dense or rows compressed (row = target), input weights, biases and read-out weights
   dense. *)
let safetensors data =
  let header_length = Int64.to_int (String.get_int64_le data 0) in
  let header = json (String.trim (String.sub data 8 header_length)) in
  let given name = match header with Object fields -> List.mem_assoc name fields | _ -> false in
  let shape name = List.map (int "shape") (list "shape" (field (field header name) "shape")) in
  let tensor name dtype width get =
    let entry = field header name in
    if text name (field entry "dtype") <> dtype then refuse "%s is not %s" name dtype;
    match list name (field entry "data_offsets") with
    | [ Number a; Number b ] -> Array.init ((b - a) / width) (fun i -> get data (8 + header_length + a + (width * i)))
    | _ -> refuse "%s has no offsets" name in
  let int32 data at = Int32.to_int (String.get_int32_le data at) in
  let reals name = tensor name "F64" 8 (fun data at -> Int64.float_of_bits (String.get_int64_le data at)) in
  (* The entries of a dense matrix, row by row. *)
  let dense name =
    match shape name with
    | [ rows; columns ] ->
      let values = reals name in
      if Array.length values <> rows * columns then refuse "%s has not the size of its shape" name;
      (rows, columns, List.init (rows * columns) (fun at -> (at / columns, at mod columns, values.(at))))
    | _ -> refuse "%s is no matrix" name in
  let compressed () =
    let weights = reals "w_rec.data" and columns = tensor "w_rec.indices" "I32" 4 int32 and rows = tensor "w_rec.indptr" "I32" 4 int32 in
    let n = Array.length rows - 1 in
    let found = ref [] in
    for i = n - 1 downto 0 do
      for at = rows.(i + 1) - 1 downto rows.(i) do
        found := (i + 1, columns.(at) + 1, weights.(at)) :: !found
      done
    done;
    (n, !found) in
  let neurons, recurrent =
    if given "w_rec.data" then compressed ()
    else
      let n, columns, entries = dense "w_rec" in
      if columns <> n then refuse "w_rec is not square";
      (n, map (fun (i, j, x) -> (i + 1, j + 1, x)) entries) in
  let ends name side = let _, _, entries = dense name in map (fun (i, j, x) -> (side i j + 1, x)) entries in
  let biases () = let b = reals "b" in List.init (Array.length b) (fun i -> (i + 1, b.(i))) in
  let from_world = lazy (
    if not (given "w_in" || given "b") then None
    else Some (append (if given "w_in" then ends "w_in" (fun i _ -> i) else []) (if given "b" then biases () else []))) in
  let to_world = lazy (if given "w_out" then Some (ends "w_out" (fun _ j -> j)) else None) in
  let ends = List.map (fun name -> (name, shape name)) (List.filter given [ "w_in"; "b"; "w_out" ]) in
  { neurons; recurrent; from_world; to_world; ends }

let network path data =
  let input = if Filename.check_suffix path ".safetensors" then safetensors data else matrix_market data in
  let exists i = if i < 1 || i > input.neurons then refuse "neuron %d does not exist" i in
  List.iter (fun (i, j, _) -> exists i; exists j) input.recurrent;
  let by_pair (i, j, _) (k, l, _) = if i <> k then Int.compare i k else Int.compare j l in
  let rec ordered = function a :: (b :: _ as rest) -> by_pair a b < 0 && ordered rest | _ -> true in
  let recurrent = List.filter (fun (_, _, x) -> x <> 0.) input.recurrent in
  { input with recurrent = (if ordered recurrent then recurrent else List.sort by_pair recurrent) }
