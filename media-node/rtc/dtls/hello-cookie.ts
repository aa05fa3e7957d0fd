/** The cookie of a HelloVerifyRequest: proof that whoever sends a ClientHello receives at its address. */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";
import type { ClientHello } from "./client-hello.ts";

const COOKIE_BYTES = 20;

export class HelloCookie {
  readonly #secret = createSecretKey(randomBytes(32));

  /** RFC 6347 §4.2.1: from the address and the hello's parameters; nothing of the hello is kept. */
  for(hello: ClientHello, tuple: string): Buffer {
    const mac = createHmac("sha256", this.#secret).update(tuple).update("\0").update(hello.parameters);
    return mac.digest().subarray(0, COOKIE_BYTES);
  }

  isGood(hello: ClientHello, tuple: string): boolean {
    return hello.cookie.length === COOKIE_BYTES && timingSafeEqual(hello.cookie, this.for(hello, tuple));
  }
}
