// Sends the one form of the page back to the platform; without scripts its button does the same.
document.querySelector("form[data-send]").submit();
