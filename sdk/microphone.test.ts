import { afterEach, expect, test, vi } from "vitest";
import { microphoneError, openMicrophone } from "./microphone.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["NotAllowedError", "microphone_denied"],
  ["SecurityError", "microphone_denied"],
  ["NotFoundError", "microphone_missing"],
  ["OverconstrainedError", "microphone_missing"],
  ["NotReadableError", "microphone_busy"],
  ["SomethingNewError", "microphone_busy"],
])("a browser's %s becomes %s and is kept as the cause", (name, code) => {
  const cause = new DOMException("no", name);
  expect(microphoneError(cause)).toMatchObject({ code, cause });
});

test("a page that isn't secure is told so without asking for the microphone", async () => {
  const getUserMedia = vi.fn();
  vi.stubGlobal("isSecureContext", false);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  await expect(openMicrophone()).rejects.toMatchObject({ code: "insecure_origin" });
  expect(getUserMedia).not.toHaveBeenCalled();
});
