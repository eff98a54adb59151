// Exchanges the code of the address for a token of this tab's own, then shows
// how the collector is. Everything is shown as text, never as markup.
const kept = "agent-telemetry-token";
const show = (id, text) => { document.getElementById(id).textContent = text; };

async function signIn() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  sessionStorage.setItem(kept, body.token);
}

async function health() {
  const token = sessionStorage.getItem(kept);
  if (!token) throw new Error("To see this page, run: agent-telemetry open");
  const answer = await fetch("/api/v1/health", { headers: { Authorization: "Bearer " + token } });
  if (answer.status === 401) {
    sessionStorage.removeItem(kept);
    throw new Error("This session has ended. Run: agent-telemetry open");
  }
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  return body;
}

function tell(h) {
  show("status", h.status);
  const facts = document.getElementById("facts");
  facts.replaceChildren();
  for (const [name, value] of [
    ["Records in the journal", h.journal.seq],
    ["Records in the index", h.index.records],
    ["Last event", h.journal.last_event ?? "none"],
    ["Chain", h.chain.state],
    ["Live streams", h.streams],
  ]) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    facts.append(dt, dd);
  }
  const problems = document.getElementById("problems");
  problems.replaceChildren(...h.problems.map((text) => {
    const li = document.createElement("li");
    li.textContent = text;
    return li;
  }));
}

try {
  await signIn();
  for (;;) {
    tell(await health());
    await new Promise((done) => setTimeout(done, 5000));
  }
} catch (error) {
  show("status", error.message);
}
