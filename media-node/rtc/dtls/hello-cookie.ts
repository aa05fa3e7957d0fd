/**
 * The cookie of a HelloVerifyRequest: proof that whoever sends a ClientHello hears what we answer. RFC 6347 §4.2.1
 * binds it to an address. Here each client has a secret of its own, and its datagrams come only from addresses that
 * have proved its ICE password, so it is bound to the client: one that changes its path in the middle (from Wi-Fi to
 * cable, from one candidate pair to a better one) brings the cookie along, and nobody else can use it.
 */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";
import type { ClientHello } from "./client-hello.ts";

const COOKIE_BYTES = 20;

export class HelloCookie {
  readonly #secret = createSecretKey(randomBytes(32));

  /** From the hello's parameters; nothing of the hello is kept. */
  for(hello: ClientHello): Buffer {
    const mac = createHmac("sha256", this.#secret).update(hello.parameters);
    return mac.digest().subarray(0, COOKIE_BYTES);
  }

  isGood(hello: ClientHello): boolean {
    return hello.cookie.length === COOKIE_BYTES && timingSafeEqual(hello.cookie, this.for(hello));
  }
}
