// The page: takes a text, shows the answer of worker.js. All is written as text, never as HTML.
const find = (id) => document.getElementById(id);
const form = find("form");
const text = find("text");
const button = find("classify");
const state = document.documentElement.dataset;
const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1 });
const MOSTLY_UNKNOWN = 0.5; // as in SentiLoRA's model/tokens.py
const count = new Intl.NumberFormat("en");

let rule;

const handlers = {
  progress({ loaded, total }) {
    find("progress").max = total;
    find("progress").value = loaded;
  },
  ready(model) {
    rule = model.rule;
    document.title = `${model.name}: what does the text say?`;
    find("name").textContent = model.name;
    find("model").hidden = false;
    show("ready", "Ready.");
    find("loading").hidden = true;
  },
  answer(answer) {
    show("answered", `${answer.label}, ${percent.format(answer.score)}`);
    find("bars").replaceChildren(...answer.probabilities.map((one) => bar(one, answer.label)));
    const facts = `${reading(answer)} in ${duration(answer.milliseconds)}`;
    find("facts").textContent = answer.unknown ? `${facts} ${notKnown(answer.unknown)}` : facts;
    find("answer").hidden = false;
  },
  refused({ reason }) {
    refuse(reason);
  },
  failed({ reason }) {
    find("loading").hidden = true;
    show("failed", `${reason} Load the page again, or tell whoever runs it.`);
  },
};

function show(name, message) {
  state.state = name;
  find("status").textContent = message;
  button.setAttribute("aria-disabled", String(name !== "ready" && name !== "answered"));
}

function refuse(reason) {
  find("answer").hidden = true;
  show("ready", `${reason} Type one first.`);
  text.focus();
}

function bar({ label, probability }, chosen) {
  const item = document.createElement("li");
  item.dataset.probability = probability;
  item.dataset.label = label.toLowerCase();
  item.classList.toggle("chosen", label === chosen);
  item.append(
    element("span", "label", label),
    element("span", "percent", percent.format(probability)),
    element("span", "track"),
  );
  const filled = element("span", "filled");
  filled.style.width = `${100 * probability}%`;
  item.lastChild.append(filled);
  return item;
}

function element(name, className, content = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  made.dir = "auto";
  return made;
}

function reading({ tokens, windows, truncated }) {
  const all = `${count.format(tokens)} ${tokens === 1 ? "token" : "tokens"}`;
  if (!truncated) return `${all} read`;
  if (rule.long_text === "windows") return `${all} read in ${count.format(windows)} windows`;
  const kept = rule.long_text === "head" ? "the start" : "the start and the end";
  return `${count.format(rule.room)} of ${all} read (${kept})`;
}

function notKnown(share) {
  const told = `The model does not know ${percent.format(share)} of the text`;
  return share < MOSTLY_UNKNOWN ? `${told}.` : `${told}: the answer says little.`;
}

function duration(milliseconds) {
  return milliseconds < 1000
    ? `${count.format(Math.max(1, Math.round(milliseconds)))} ms.`
    : `${count.format(Math.round(milliseconds / 100) / 10)} s.`;
}

function classify() {
  if (button.getAttribute("aria-disabled") === "true") return;
  show("busy", "Reading …");
  worker.postMessage({ text: text.value });
}

// A worker made from a blob keeps to this page's Content-Security-Policy: it reaches no other host.
function startWorker() {
  const script = `import ${JSON.stringify(new URL("worker.js", location.href).href)};`;
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return new Worker(url, { type: "module" });
}

const worker = startWorker();
worker.onmessage = ({ data }) => handlers[data.kind](data);
worker.onerror = () => handlers.failed({ reason: "This browser cannot start the model." });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  classify();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    classify();
  }
});
show("loading", "The model is being loaded …");
find("loading").hidden = false;
