// Draws a text whose words are marked by how far they speak for a label (solid underline) or against it (dashed
// underline); the stronger, the thicker the line and the deeper the colour. The text is a stranger's: it is set as
// textContent and nothing else.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".corpus-lab-attributed");
  const line = document.createElement("p");
  line.dir = "auto";
  for (const { text, score, strength, title } of data.pieces) {
    if (score === null || strength < 0.05) {
      line.append(text);
      continue;
    }
    const node = document.createElement("mark");
    node.className = score > 0 ? "for" : "against";
    node.textContent = text;
    node.title = title;
    node.style.setProperty("--strength", `${Math.round(45 * strength)}%`);
    node.style.setProperty("--thickness", `${1 + Math.round(3 * strength)}px`);
    line.append(node);
  }
  root.setAttribute("aria-label", data.description);
  root.replaceChildren(line);
}
