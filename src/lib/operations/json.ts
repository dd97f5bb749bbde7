/** A value as it arrives on the other side of a JSON text: dates are ISO 8601. */
export type Json<Value> = unknown extends Value
  ? Value
  : Value extends Date
    ? string
    : Value extends object
      ? { [Key in keyof Value]: Json<Value[Key]> }
      : Value;
