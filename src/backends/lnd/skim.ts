// A look into an encoded invoice of LND without decoding it: its stream tells of every invoice that is added, also by others, and only those
// that were settled are of interest. In doubt the answer is no, and the message is decoded as always.

// Number of `Invoice.state` in lightning.proto; zero is OPEN, and most writers leave it out.
const stateField = 21;
const wire = { varint: 0, fixed64: 1, sized: 2, fixed32: 5 } as const;

/** A base-128 number at `at`, and where it ends; null when it is cut off or larger than any length or tag here. */
const varintAt = (bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | null => {
  let value = 0;
  for (let place = 0; place < 4; place += 1) {
    const byte = bytes[at + place];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 128 ** place;
    if (byte < 0x80) return { value, end: at + place + 1 };
  }
  return null;
};

/** Where the number at `at` ends, however large it is; null when it is cut off. */
const endOfVarint = (bytes: Uint8Array, at: number): number | null => {
  for (let end = at; end < bytes.length && end < at + 10; end += 1) if ((bytes[end] ?? 0) < 0x80) return end + 1;
  return null;
};

/** Where the value of a field ends that begins at `at`. */
const endOfValue = (bytes: Uint8Array, kind: number, at: number): number | null => {
  if (kind === wire.varint) return endOfVarint(bytes, at);
  if (kind === wire.fixed64) return at + 8;
  if (kind === wire.fixed32) return at + 4;
  if (kind !== wire.sized) return null;
  const length = varintAt(bytes, at);
  return length === null ? null : length.end + length.value;
};

/** True when this is a whole lnrpc.Invoice whose state is OPEN. */
export const isOpenInvoice = (bytes: Uint8Array): boolean => {
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    if (tag === null) return false;
    if (Math.floor(tag.value / 8) === stateField && bytes[tag.end] !== 0) return false;
    const end = endOfValue(bytes, tag.value % 8, tag.end);
    if (end === null) return false;
    at = end;
  }
  return at === bytes.length && at > 0;
};
