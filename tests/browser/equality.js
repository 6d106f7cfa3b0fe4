// A page as lines: its tags, its lasting attributes, what its fields hold, its words.
() => {
  const once = ['csrfmiddlewaretoken', 'op_key'];
  const passing = '#status, .messages, .toasts, template, script, noscript';
  const lines = [];
  const kept = ({ name, value }) => {
    if (['value', 'checked', 'selected', 'open', 'autofocus', 'data-told'].includes(name) || name.startsWith('data-hx')) return [];
    const words = name === 'class' ? value.split(/\s+/).filter((word) => word && !word.startsWith('htmx-')).join(' ') : value;
    return name === 'class' && !words ? [] : [`${name}="${words}"`];
  };
  const holds = (e) => {
    if (e.matches('input[type=checkbox], input[type=radio]')) return [`checked=${e.checked}`];
    if (e.matches('input, select, textarea')) return [once.includes(e.name) ? 'holds …' : `holds "${e.value}"`];
    return [];
  };
  const walk = (node, depth) => {
    if (node.nodeType === 3 && node.textContent.trim()) lines.push(`${' '.repeat(depth)}${node.textContent.trim().replace(/\s+/g, ' ')}`);
    if (node.nodeType !== 1 || node.matches(passing)) return;
    const said = [node.tagName.toLowerCase(), ...[...node.attributes].flatMap(kept).sort(), ...holds(node)];
    lines.push(`${' '.repeat(depth)}<${said.join(' ')}>`);
    for (const child of node.childNodes) walk(child, depth + 1);
  };
  walk(document.body, 0);
  return lines;
}
