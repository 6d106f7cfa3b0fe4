// What no rule of axe measures, as one list of complaints: sizes, clipping, overflow, focus, order, texts.
(least) => {
  const hidden = '.visually-hidden, .skip-link, [popover]:not(:popover-open), dialog:not([open]), [hidden]';
  const spokenOnly = [...document.querySelectorAll('body *')].filter((e) => getComputedStyle(e).clipPath === 'inset(50%)');
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(hidden)
    && !spokenOnly.some((by) => by.contains(e));
  const all = [...document.querySelectorAll('body *')].filter(shown);
  const box = (e) => e.getBoundingClientRect();
  const words = (e) => (e.getAttribute('aria-label') ?? e.textContent).trim().replace(/\s+/g, ' ').slice(0, 50);
  const name = (e) => `${e.tagName.toLowerCase()}${e.className && e.className.trim ? `.${e.className.trim().split(/\s+/).join('.')}` : ''} "${words(e)}"`;
  const css = (e, part) => getComputedStyle(e, part);
  const texts = (e) => [...e.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
  const hasText = (e) => texts(e).length > 0;
  const scale = (e) => (e.closest('svg') ? Math.abs(e.getScreenCTM().a) : 1);
  const size = (e) => parseFloat(css(e).fontSize) * scale(e);
  const complaints = [];
  const complain = (what, found) => found.slice(0, 6).forEach((e) => complaints.push(`${what}: ${name(e)}`));

  // The page fits, and its letters can be read.
  const overflow = document.documentElement.scrollWidth - innerWidth;
  if (overflow > 0) {
    complaints.push(`the page is ${overflow} px too wide`);
    complain('sticks out', all.filter((e) => box(e).right > innerWidth + 1));
  }
  const readable = (e) => size(e) >= (e.closest('svg') ? least.label : least.text) - 0.05;
  complain('text too small', all.filter((e) => hasText(e) && !readable(e)));
  complain('clipped in its drawing', all.filter((e) => e.matches('svg text')).filter((e) => {
    const inner = box(e), outer = box(e.ownerSVGElement);
    return inner.left < outer.left - 1 || inner.right > outer.right + 1
      || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  }));

  // No word is cut by its box or leaves it.
  const cuts = (e) => ['overflowX', 'overflowY'].some((side) => ['hidden', 'clip'].includes(css(e)[side]));
  const cutters = (e) => {
    const found = [];
    for (let at = e; at && at !== document.body; at = at.parentElement) if (cuts(at)) found.push(at);
    return found;
  };
  const rects = (e) => texts(e).flatMap((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()];
  });
  const escapes = (inner, outer, slack = 1.5) => inner.left < outer.left - slack || inner.right > outer.right + slack;
  const isCut = (e) => cutters(e).some((by) => {
    const outer = box(by);
    const sideways = css(by).overflowX !== 'auto' && css(by).overflowX !== 'scroll';
    return rects(e).some((inner) => (sideways && escapes(inner, outer)) || inner.bottom > outer.bottom + 3);
  });
  complain('clipped', all.filter((e) => !e.closest('svg') && hasText(e) && isCut(e)));
  const frames = 'button, .button, .chip, .badge, td, th, summary, legend, label, option';
  const leaves = (e) => {
    const frame = e.closest(frames);
    return frame && css(frame).display !== 'inline' && css(frame).display !== 'contents'
      && rects(e).some((inner) => escapes(inner, box(frame)));
  };
  complain('leaves its box', all.filter((e) => !e.closest('svg') && hasText(e) && leaves(e)));
  const pen = document.createElement('canvas').getContext('2d');
  const written = (e, text) => {
    pen.font = css(e).font;
    const inside = e.clientWidth - parseFloat(css(e).paddingLeft) - parseFloat(css(e).paddingRight);
    return pen.measureText(text).width > inside + 1;
  };
  complain('choice cut', all.filter((e) => e.matches('select:not([multiple])') && written(e, e.selectedOptions[0]?.text ?? '')));
  complain('choice of dashes', all.filter((e) => e.matches('select')).filter((e) => [...e.options].some((o) => /^-{3,}$/.test(o.text))));
  complain('number cut', all.filter((e) => e.matches('input[type=number], input[inputmode]') && written(e, e.value || e.placeholder)));

  // Fingers: big enough, and apart.
  const inSentence = (e) => e.tagName === 'A' && css(e).display === 'inline' && hasText(e.parentElement);
  const targets = all.filter((e) => e.matches('a[href], button, input, select, textarea, summary') && box(e).width);
  const spread = (e) => ['::before', '::after']
    .filter((part) => css(e, part).content !== 'none' && css(e, part).position === 'absolute')
    .map((part) => Math.min(parseFloat(css(e, part).width) || 0, parseFloat(css(e, part).height) || 0));
  const side = (e) => Math.max(Math.min(box(e).width, box(e).height), ...spread(e));
  const touched = (e) => Math.max(side(e), ...[...(e.labels ?? [])].map(side));
  complain(`target under ${least.target} px`, targets.filter((e) => !inSentence(e) && touched(e) < least.target - 0.1));
  const isPhone = innerWidth < 600;
  const thumb = isPhone ? '.action-bar a, .action-bar button, .primary' : '.primary:not(.small)';
  const wanted = isPhone ? least.thumb : least.target;
  complain(`action under ${wanted} px`, targets.filter((e) => e.matches(thumb) && !e.matches('[aria-current]') && side(e) < wanted - 0.1));
  const floats = (e) => { for (let at = e; at; at = at.parentElement) if (['fixed', 'sticky'].includes(css(at).position)) return true; return false; };
  const solid = targets.filter((e) => !inSentence(e) && !floats(e));
  solid.forEach((one, index) => solid.slice(index + 1).forEach((other) => {
    const a = box(one), b = box(other);
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const nested = one.contains(other) || other.contains(one) || [...(other.labels ?? [])].some((l) => l.contains(one));
    if (wide > 1 && high > 1 && !nested) complaints.push(`targets overlap: ${name(one)} and ${name(other)}`);
  }));

  // Keyboards: what has the focus shows it, is not hidden by anything, and comes in the order of the eye.
  const before = document.activeElement, where = [scrollX, scrollY];
  const outlined = (e) => css(e).outlineStyle !== 'none' && parseFloat(css(e).outlineWidth) >= 2;
  const covered = (e) => {
    const { left, right, top, bottom } = box(e);
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]
      .map(([x, y]) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y));
    return !points.some((found) => found && (found.closest('.toasts') || e.contains(found) || found.contains(e) || [...(e.labels ?? [])].some((l) => l.contains(found))));
  };
  const blind = [], buried = [];
  for (const e of targets.filter((each) => !each.disabled).slice(0, 150)) {
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) continue;
    if (!outlined(e)) blind.push(e);
    if (covered(e)) buried.push(e);
  }
  complain('focus not seen', blind);
  complain('focus hidden by something', buried);
  document.activeElement.blur();
  before?.focus?.({ preventScroll: true });
  scrollTo(...where);
  complain('not in the order it is read', all.filter((e) => Number(css(e).order) !== 0 || e.tabIndex > 0));
  complain('reversed', all.filter((e) => /flex/.test(css(e).display) && /reverse/.test(css(e).flexDirection + css(e).flexWrap)));

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
