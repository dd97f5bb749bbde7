import { isUtf8 } from 'node:buffer';
import { createScannedLine, scanLine } from '../wire/scan-line.ts';

/** Bytes that a pipe takes in one piece: a shorter write arrives whole or not at all. */
const pipeBufBytes = 4096;

const scanned = createScannedLine();
const beginning = /^(?:HUMAN|URGENT|HIGH|NORMAL|LOW|IDLE)\|[A-Za-z0-9][A-Za-z0-9._:-]{0,63}\|/i;
const OPENING_BRACE = 0x7b;

/** True where bytes that came after a silence begin a line of their own, be it a bad one, rather than go on with another. */
export function beginsLikeALine(piece: Buffer): boolean {
  if (scanLine(piece, 0, piece.length, scanned) === undefined) return true;
  return beginning.test(piece.toString('latin1', 0, 100));
}

/**
 * True where a line without its newline lacks nothing else: what one write can bring, or an object that is closed.
 * A longer text may have been torn at any place.
 */
export function isWholeLine(piece: Buffer): boolean {
  if (scanLine(piece, 0, piece.length, scanned) !== undefined || !isUtf8(piece)) return false;
  const { payloadStart, payloadEnd } = scanned;
  if (piece[payloadStart] === OPENING_BRACE) return isJson(piece.toString('utf8', payloadStart, payloadEnd));
  return piece.length <= pipeBufBytes;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
