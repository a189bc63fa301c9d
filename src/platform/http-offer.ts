// An offer of another protocol that is not WebSocket is not taken: the request is answered as if it had not been made (RFC 9110 §7.8).
// Java's own HTTP client offers h2c with its first request to a plain address, and Node would leave such a request without an answer.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request asks to become a WebSocket. */
export const isWebSocket = (req: IncomingMessage): boolean => req.headers.upgrade?.trim().toLowerCase() === 'websocket';

const ofTheOffer = new Set(['upgrade', 'connection', 'http2-settings']);

/** Puts the request back on its socket without the offer, in front of what came after it; whoever reads the socket next sees it anew. */
export const putBack = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const { rawHeaders } = req;
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!ofTheOffer.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  if (/\bclose\b/i.test(req.headers.connection ?? '')) lines.push('Connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
};
