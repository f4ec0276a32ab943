// What the page remembers: the theme. Tabs and history hold passwords and tokens, so they live only as long as the page.
const THEME = "graphiql:theme";
const memory = new Map();

export const storage = {
  get length() {
    return memory.size;
  },
  getItem(key) {
    return memory.get(key) ?? null;
  },
  setItem(key, value) {
    memory.set(key, value);
    if (key === THEME) onDisk((disk) => disk.setItem(THEME, value));
  },
  removeItem(key) {
    memory.delete(key);
    if (key === THEME) onDisk((disk) => disk.removeItem(THEME));
  },
  clear() {
    memory.clear();
    onDisk((disk) => disk.removeItem(THEME));
  },
};

// A browser that forbids storage throws on touching it; the theme is then forgotten, and nothing else happens.
function onDisk(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

const theme = onDisk((disk) => disk.getItem(THEME));
if (theme) memory.set(THEME, theme);
