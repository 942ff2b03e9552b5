// Realistic files around a function: other code before and after, with things in it that a careless edit would damage.
// Trailing spaces, text outside the Basic Multilingual Plane, fences in strings, odd spacing: all must survive byte for byte.

import type { Language } from '../../server/exercises/languages.ts';

export interface Surroundings {
  /** Between the imports and the function. */
  readonly before: string;
  readonly after: string;
}

/** One of a few surroundings; `which` counts round. */
export function surroundingsOf(language: Language, which: number): Surroundings {
  const choices = surroundings[language];
  const chosen = choices[which % choices.length];
  if (chosen === undefined) throw new RangeError('no surroundings');
  return chosen;
}

const surroundings: Readonly<Record<Language, readonly Surroundings[]>> = {
  python: [
    {
      before: `GREENHOUSE_LIMITS = {"low": 4.5, "high": 31.0}  # °C 🌡  
FENCED = "\`\`\`python\\nprint(1)\\n\`\`\`"


class GreenhouseReading:
    """One line of the log."""

    def __init__(self, sensor, celsius = 20.0):
        self.sensor   = sensor
        self.celsius  = celsius

    @property
    def too_warm(self):
        # 🌿 plants suffer above this
        return self.celsius > GREENHOUSE_LIMITS["high"]   
`,
      after: `def greenhouse_alarm(readings):
    """Sensors that are too warm, in order."""
    return [ r.sensor for r in readings if r.too_warm ]


if __name__ == "__main__":
    print(greenhouse_alarm([GreenhouseReading("🪴 east", 35.0)]))`,
    },
    { before: '', after: '' },
    {
      before: `def _tidal_table(rows):
    out = []
    for row in rows:
        out.append(tuple(int(x) for x in row.split(";")))

    return out
`,
      after: `TIDES = _tidal_table(["1;2", "3;4"])
# end of table   `,
    },
  ],
  js: [
    {
      before: `const greenhouseLimits = { low: 4.5, high: 31.0 } // °C 🌡  
const fenced = '\`\`\`js\\nconsole.log(1)\\n\`\`\`'

class GreenhouseReading {
  constructor(sensor, celsius = 20.0) {
    this.sensor   = sensor
    this.celsius  = celsius
  }

  get tooWarm() { return this.celsius > greenhouseLimits.high }   
}`,
      after: `/** Sensors that are too warm, in order. */
function greenhouseAlarm(readings) {
  return readings.filter( (r) => r.tooWarm ).map( (r) => r.sensor )
}

greenhouseAlarm([new GreenhouseReading('🪴 east', 35.0)])`,
    },
    { before: '', after: '' },
    {
      before: `function tidalTable(rows) {
  return rows.map((row) => row.split(';').map(Number))
}`,
      after: `const tides = tidalTable(['1;2', '3;4'])
// end of table   `,
    },
  ],
  go: [
    {
      before: `// greenhouseLimits in °C 🌡  
var greenhouseLimits = map[string]float64{"low": 4.5, "high": 31.0}

const fencedSample = "\`\`\`go\\nmain()\\n\`\`\`"

type greenhouseReading struct {
	sensor  string
	celsius float64
}

func (r greenhouseReading) tooWarm() bool { return r.celsius > greenhouseLimits["high"] }   `,
      after: `// greenhouseAlarm lists the sensors that are too warm, in order.
func greenhouseAlarm(readings []greenhouseReading) []string {
	var sensors []string   
	for _, r := range readings {
		if r.tooWarm() {
			sensors = append(sensors, r.sensor)
		}
	}
	return sensors
}

var _ = greenhouseAlarm([]greenhouseReading{{"🪴 east", 35.0}})`,
    },
    { before: '', after: '' },
    {
      before: `func tidalTable(rows [][2]int) map[int]int {
	table := map[int]int{}
	for _, row := range rows { table[row[0]] = row[1] }
	return table
}`,
      after: `var tides = tidalTable([][2]int{{1, 2}, {3, 4}})

// end of table   `,
    },
  ],
  rust: [
    {
      before: `/// Limits in °C 🌡  
pub const GREENHOUSE_LIMITS: (f64, f64) = (4.5, 31.0);

pub const FENCED: &str = "\`\`\`rust\\nmain()\\n\`\`\`";

#[derive(Debug, Clone)]
pub struct GreenhouseReading {
    pub sensor:  String,
    pub celsius: f64,
}

impl GreenhouseReading {
    pub fn too_warm(&self) -> bool { self.celsius > GREENHOUSE_LIMITS.1 }   
}`,
      after: `/// Sensors that are too warm, in order.
pub fn greenhouse_alarm(readings: &[GreenhouseReading]) -> Vec<String> {
    readings.iter().filter(|r| r.too_warm()).map(|r| r.sensor.clone()).collect()   
}

pub static EAST: &str = "🪴 east";`,
    },
    { before: '', after: '' },
    {
      before: `pub fn tidal_table(rows: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut table = rows.to_vec();
    table.sort(); table
}`,
      after: `pub static TIDES: [(i64, i64); 2] = [(1, 2), (3, 4)];
// end of table   `,
    },
  ],
};
