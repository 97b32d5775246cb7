import { useState } from "preact/hooks";
import { forgetAnswers } from "../api/answer";
import { keepKey, keyRefused } from "../key";
import { Mark } from "../parts/mark";

/** Why the server refuses the key; null if it accepts it. */
async function tryKey(value: string): Promise<string | null> {
  const headers = { Authorization: `Bearer ${value}`, Accept: "application/json" };
  const response = await fetch("/analytics/sessions?limit=1", { headers }).catch(() => null);
  if (!response) return "The server does not answer.";
  if (response.ok) return null;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return response.status === 401 ? "This key opens nothing here." : (problem.detail ?? "The key was refused.");
}

export function SignIn() {
  const [isAsking, setAsking] = useState(false);
  const [refused, setRefused] = useState<string | null>(keyRefused.value);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const value = String(new FormData(form).get("key") ?? "").trim();
    // The key goes into a header, which takes no other characters.
    if (!/^[\x21-\x7e]+$/.test(value)) return setRefused("Enter the key, without blanks.");
    setAsking(true);
    const why = await tryKey(value);
    setAsking(false);
    if (why !== null) return setRefused(why);
    forgetAnswers();
    keepKey(value);
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <h1>
          <Mark /> PulseGate
        </h1>
        <label class="field">
          <span>API key</span>
          <input
            name="key"
            type="password"
            autocomplete="off"
            required
            aria-describedby="about-key"
            aria-invalid={refused !== null}
          />
        </label>
        <p id="about-key" class="soft">
          A key with the scope <code>read</code>. It stays in this tab until you close it.
        </p>
        {refused !== null && (
          <p class="refused" role="alert">
            {refused}
          </p>
        )}
        <button type="submit" class="primary" disabled={isAsking}>
          {isAsking ? "Asking …" : "Open the dashboard"}
        </button>
      </form>
    </main>
  );
}
