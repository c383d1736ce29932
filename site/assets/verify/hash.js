/** SHA-256 of files and texts. A page over plain http has no `crypto.subtle`, and that takes no file in pieces. */
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

const WHOLE = 1 << 28;
const PIECE = 1 << 22;

async function hashBytes(bytes) {
  const { subtle } = globalThis.crypto ?? {};
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : sha256(bytes));
}

export const hashText = (text) => hashBytes(new TextEncoder().encode(text));

/** @param {Blob} file */
export async function hashFile(file) {
  if (file.size <= WHOLE && globalThis.crypto?.subtle) return hashBytes(await file.arrayBuffer());
  const sum = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) sum.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return bytesToHex(sum.digest());
}
