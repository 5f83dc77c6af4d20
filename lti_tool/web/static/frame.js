// Tells the platform how tall the page is, so that the frame never cuts it (lti.frameResize).
(() => {
  const origins = (document.currentScript.dataset.platforms || "").split(" ").filter(Boolean);
  if (window.parent === window || !origins.length) return;
  let last = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    for (const origin of origins) window.parent.postMessage({ subject: "lti.frameResize", height }, origin);
  };
  new ResizeObserver(tell).observe(document.documentElement);
})();
