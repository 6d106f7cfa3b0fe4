// What no rule of axe measures, as one list of complaints: sizes, clipping, overflow, texts.
([smallestText, smallestLabel, smallestTarget, primaryTarget]) => {
  const hidden = '.visually-hidden, .skip-link, [popover]:not(:popover-open), dialog:not([open])';
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(hidden);
  const all = [...document.querySelectorAll('body *')].filter(shown);
  const name = (e) => `${e.tagName.toLowerCase()} "${e.textContent.trim().replace(/\s+/g, ' ').slice(0, 50)}"`;
  const box = (e) => e.getBoundingClientRect();
  const hasText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const scale = (e) => (e.closest('svg') ? Math.abs(e.getScreenCTM().a) : 1);
  const size = (e) => parseFloat(getComputedStyle(e).fontSize) * scale(e);
  const inSentence = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline' && hasText(e.parentElement);
  const complaints = [];
  const complain = (what, found) => found.forEach((e) => complaints.push(`${what}: ${name(e)}`));

  const overflow = document.documentElement.scrollWidth - innerWidth;
  if (overflow > 0) {
    complaints.push(`the page is ${overflow} px too wide`);
    complain('sticks out', all.filter((e) => box(e).right > innerWidth + 1).slice(0, 5));
  }
  const readable = (e) => size(e) >= (e.closest('svg') ? smallestLabel : smallestText) - 0.05;
  complain('text too small', all.filter((e) => hasText(e) && !readable(e)));
  complain('clipped in its drawing', all.filter((e) => e.matches('svg text')).filter((e) => {
    const inner = box(e), outer = box(e.ownerSVGElement);
    return inner.left < outer.left - 1 || inner.right > outer.right + 1
      || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  }));
  const targets = all.filter((e) => e.matches('a, button, input, select, textarea, summary') && box(e).width);
  const side = (e) => Math.min(box(e).width, box(e).height);
  const touched = (e) => Math.max(side(e), ...[...(e.labels ?? [])].map(side));
  complain(`target under ${smallestTarget} px`, targets.filter((e) => !inSentence(e) && touched(e) < smallestTarget));
  const thumb = innerWidth < 600 ? '.primary' : '.primary:not(.small)';
  complain(`action under ${primaryTarget} px`,
    targets.filter((e) => e.matches(`${thumb}:not([aria-current])`) && side(e) < primaryTarget));

  const foreign = new Set([...document.querySelectorAll('body [lang]')].map((e) => e.textContent.trim()));
  const spoken = [...document.querySelectorAll('[aria-label], [placeholder]')].filter(shown);
  return {
    complaints,
    language: document.documentElement.lang,
    texts: [document.title, ...document.body.innerText.split('\n'),
      ...spoken.flatMap((e) => [e.getAttribute('aria-label'), e.getAttribute('placeholder')])]
      .map((text) => (text ?? '').trim()).filter((text) => text && !foreign.has(text)),
  };
}
