// The licences of the packages that the page is made of: one text file in the bundle, and a module with its address.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MODULE = "virtual:licences";
const TEXT = /^(licen[cs]e|copying|notice|third-?party-?notices)/i;

export function licences() {
  return {
    name: "licences",
    resolveId: (id) => (id === MODULE ? id : null),
    load(id) {
      if (id !== MODULE) return null;
      const file = this.emitFile({ type: "asset", name: "LICENSES.txt", source: everyLicence() });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}

// More than what ends up in the bundle, and nothing less: all that was installed but for the tools of the build.
function everyLicence() {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const folders = Object.keys(packages).filter((folder) => folder && !packages[folder].dev && existsSync(folder));
  return ["The explorer's page contains these packages.", ...folders.map(licence)].join(`\n\n${"=".repeat(80)}\n`);
}

function licence(folder) {
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((file) => TEXT.test(file));
  const said = texts.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...(said.length ? said : [`${homepage ?? ""}`])].join("\n\n").trim();
}
