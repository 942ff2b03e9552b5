// Boilerplate as everybody writes it, with names of its own for each number: the same shape, and many of the same lines.

import type { Planted } from './region-world.ts';

const names = [
  'user',
  'order',
  'invoice',
  'parcel',
  'account',
  'ticket',
  'session',
  'device',
  'report',
  'bucket',
  'member',
  'course',
];
const fields = [
  'id',
  'title',
  'owner',
  'price',
  'state',
  'count',
  'label',
  'email',
  'score',
  'colour',
  'weight',
  'locale',
];

const templates: readonly ((name: string, field: string, second: string) => string)[] = [
  (name, field, second) => `    parser = argparse.ArgumentParser(description="Handles every ${name}")
    parser.add_argument("--${field}", type=str, required=True)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--output", default="${second}.json")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    run_${name}(args.${field}, args.output)`,
  (name, field, second) => `    try {
      const ${name} = await ${name}Service.findOne(req.params.${field});
      if (!${name}) {
        return res.status(404).json({ error: '${name} was not found' });
      }
      res.json({ ${second}: ${name}.${second} });
    } catch (error) {
      next(error);
    }`,
  (name, field, second) => `    def __init__(self, ${field}, ${second}):
        super().__init__()
        self.${field} = ${field}
        self.${second} = ${second}

    def __repr__(self):
        return f"${name}({self.${field}}, {self.${second}})"`,
  (name, field, second) => `	rows, err := db.Query("SELECT ${field}, ${second} FROM ${name}s")
	if err != nil {
		return nil, fmt.Errorf("query ${name}s: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var one ${name}
		if err := rows.Scan(&one.${field}, &one.${second}); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()`,
  (name, field, second) => `    let mut result = Vec::new();
    for line in reader.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        result.push(parse_${name}(&line, ${field}_${second})?);
    }
    Ok(result)`,
  (name, field, second) => `    const [${field}, set${second}] = useState(null);
    const [loading, setLoading] = useState(true);
    useEffect(() => {
      fetch('/api/${name}s')
        .then((response) => response.json())
        .then((data) => set${second}(data.${field}))
        .finally(() => setLoading(false));
    }, []);
    if (loading) return null;`,
];

/** One of each, all with other names than those of another number. */
export function lookAlikes(number: number): Planted[] {
  return templates.map((template, index) => {
    const at = (list: readonly string[], step: number): string => list[(number * 5 + index + step) % list.length] ?? '';
    // Number 0 keeps its own names to itself.
    const own = (word: string): string => (number === 0 ? `${word}_zero` : word);
    const body = template(own(at(names, 0)), own(at(fields, 0)), own(at(fields, 3)));
    return {
      id: `boilerplate/${index}`,
      path: `/project/boilerplate-${index}.code`,
      before: 'start {\n',
      body,
      after: '\n}\n',
    };
  });
}
