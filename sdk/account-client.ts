/** The account of who is logged in. Every method rejects with a ParleyError. */
import {
  type Account,
  accountExportSchema,
  accountSchema,
  mySessionsResponseSchema,
  type SessionSummary,
} from "@parley/contract/accounts";
import type { SessionId } from "@parley/contract/ids";
import {
  type Passkey,
  type PasskeyId,
  type PasskeyOptions,
  passkeyOptionsSchema,
  passkeySchema,
  passkeysResponseSchema,
  recoveryCodesSchema,
  type TotpEnrolment,
  totpEnrolmentSchema,
} from "@parley/contract/second-factors";
import { apiRequest, type BodyOf, nothing } from "./api-request.ts";
import type { SessionKeeper } from "./session-keeper.ts";

export class AccountClient {
  readonly #keeper: SessionKeeper;

  constructor(keeper: SessionKeeper) {
    this.#keeper = keeper;
  }

  read(): Promise<Account> {
    return this.#keeper.request(apiRequest("GET", "/v1/me"), accountSchema);
  }

  rename(username: string): Promise<Account> {
    return this.#keeper.request(apiRequest("PATCH", "/v1/me", { body: { username } }), accountSchema);
  }

  /** Some changes reject with `recent_login_required` until this was done within the last five minutes. */
  reauthenticate(password: string, code?: string): Promise<void> {
    const body = code === undefined ? { password } : { password, code };
    return this.#keeper.request(apiRequest("POST", "/v1/auth/reauthenticate", { body }), nothing);
  }

  changePassword(password: string): Promise<void> {
    return this.#keeper.request(apiRequest("PUT", "/v1/me/password", { body: { password } }), nothing);
  }

  /** Null takes the address away. */
  changeEmail(email: string | null): Promise<void> {
    return this.#keeper.request(apiRequest("PUT", "/v1/me/email", { body: { email } }), nothing);
  }

  async sessions(): Promise<SessionSummary[]> {
    return (await this.#keeper.request(apiRequest("GET", "/v1/me/sessions"), mySessionsResponseSchema))
      .sessions;
  }

  endSession(id: SessionId): Promise<void> {
    return this.#keeper.request(
      apiRequest("DELETE", "/v1/me/sessions/{session}", { params: { session: id } }),
      nothing,
    );
  }

  enrolTotp(): Promise<TotpEnrolment> {
    return this.#keeper.request(apiRequest("POST", "/v1/me/totp"), totpEnrolmentSchema);
  }

  /** Gives the recovery codes. */
  async confirmTotp(code: string): Promise<string[]> {
    return (
      await this.#keeper.request(
        apiRequest("POST", "/v1/me/totp/confirm", { body: { code } }),
        recoveryCodesSchema,
      )
    ).recoveryCodes;
  }

  disableTotp(): Promise<void> {
    return this.#keeper.request(apiRequest("DELETE", "/v1/me/totp"), nothing);
  }

  async passkeys(): Promise<Passkey[]> {
    return (await this.#keeper.request(apiRequest("GET", "/v1/me/passkeys"), passkeysResponseSchema))
      .passkeys;
  }

  /** For `startRegistration` of @simplewebauthn/browser. */
  async passkeyOptions(): Promise<PasskeyOptions["options"]> {
    return (await this.#keeper.request(apiRequest("POST", "/v1/me/passkeys/options"), passkeyOptionsSchema))
      .options;
  }

  addPasskey(
    name: string,
    registration: BodyOf<"POST", "/v1/me/passkeys">["registration"],
  ): Promise<Passkey> {
    return this.#keeper.request(
      apiRequest("POST", "/v1/me/passkeys", { body: { name, registration } }),
      passkeySchema,
    );
  }

  removePasskey(id: PasskeyId): Promise<void> {
    return this.#keeper.request(
      apiRequest("DELETE", "/v1/me/passkeys/{passkey}", { params: { passkey: id } }),
      nothing,
    );
  }

  /** Everything that is kept of the person, as one JSON document. */
  export(): Promise<object> {
    return this.#keeper.request(apiRequest("POST", "/v1/me/export"), accountExportSchema);
  }

  /** At once and for good. */
  async delete(): Promise<void> {
    await this.#keeper.request(apiRequest("DELETE", "/v1/me"), nothing);
    this.#keeper.end();
  }

  async logoutEverywhere(): Promise<void> {
    await this.#keeper.request(apiRequest("POST", "/v1/auth/logout-all"), nothing);
    this.#keeper.end();
  }
}
