// After choosing content inside the frame, the whole window goes back to the course.
window.top.location.href = document.querySelector("a[data-leave]").href;
