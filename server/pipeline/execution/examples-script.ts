// The Python that runs a file's examples inside the sandbox and reports them as one JSON object. Text only: it is never run here.

/** Where the script finds its job: `{file, name, documents, targets}`, see `ExamplesJob`. */
export const jobPath = '/tmp/joule/job.json';
export const scriptPath = '/tmp/joule/examples.py';

export interface ExamplesJob {
  /** The file that is imported. */
  readonly file: string;
  /** Its module's name, unless the standard library has one of that name. */
  readonly name: string;
  /** Texts whose documentation holds the examples. */
  readonly documents: readonly string[];
  /** Definitions whose examples count, each as the path of names to it. */
  readonly targets: readonly (readonly string[])[];
}

export interface FailedExample {
  /** The same for the same example of the same documentation, whatever file is imported. */
  readonly id: string;
  readonly source: string;
  readonly want: string;
  readonly got: string;
  /** Name of the exception's class, empty without one. */
  readonly exception: string;
  /** Module, file, network or memory that it lacks: says more of the sandbox than of the code. */
  readonly surroundings: boolean;
}

export type ExamplesReport =
  | { readonly stage: 'examples'; readonly passed: number; readonly failed: readonly FailedExample[] }
  | { readonly stage: 'import'; readonly error: string; readonly surroundings: boolean }
  | { readonly stage: 'documentation'; readonly error: string };

/**
 * Prints of the code go nowhere: the report has standard output to itself, so that nothing is mistaken for it by accident. Code
 * that is out to deceive could forge it; what it can't do is leave the sandbox. Blank space and `...` are read leniently, as most
 * projects set doctest up; so are literals that are written otherwise (`"a"` for `'a'`), and a comparison without an expected value
 * has to come out true, because that is what its author meant.
 */
export const examplesScript = `
import ast, doctest, importlib.util, json, os, sys

with open('/tmp/joule/job.json', encoding='utf-8') as handle:
    job = json.load(handle)
report = os.fdopen(os.dup(1), 'w', encoding='utf-8')
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
os.dup2(nowhere, 2)


def say(**result):
    report.write(json.dumps(result))
    report.flush()
    os._exit(0)


def surroundings(error):
    return isinstance(error, (ImportError, OSError, MemoryError))


def words(error):
    return (type(error).__name__ + ': ' + str(error))[:300]


def documentation(text):
    found = []

    def walk(node, path):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                here = path + [child.name]
                if here in job['targets']:
                    found.append(('.'.join(here), ast.get_docstring(child, clean=False) or ''))
                if isinstance(child, ast.ClassDef):
                    walk(child, here)
            elif isinstance(child, (ast.If, ast.Try, ast.With)):
                walk(child, path)

    walk(ast.parse(text), [])
    return found


def literal(text):
    try:
        return ast.literal_eval(text.strip())
    except Exception:
        return Unread


class Unread:
    pass


class Checker(doctest.OutputChecker):
    def check_output(self, want, got, flags):
        if super().check_output(want, got, flags):
            return True
        if want.strip() == '' and self.compares:
            return got.strip() == 'True'
        a, b = literal(want), literal(got)
        return a is not Unread and b is not Unread and type(a) is type(b) and a == b


passed = 0
failed = []


class Runner(doctest.DocTestRunner):
    def report_start(self, out, test, example):
        try:
            self._checker.compares = isinstance(ast.parse(example.source.strip(), mode='eval').body, ast.Compare)
        except SyntaxError:
            self._checker.compares = False

    def report_success(self, out, test, example, got):
        global passed
        passed += 1

    def report_failure(self, out, test, example, got):
        self.note(test, example, got, '', False)

    def report_unexpected_exception(self, out, test, example, info):
        self.note(test, example, words(info[1]), type(info[1]).__name__, surroundings(info[1]))

    def note(self, test, example, got, exception, lacking):
        failed.append({
            'id': '%s %d' % (test.name, test.examples.index(example)),
            'source': example.source.strip()[:300],
            'want': (example.exc_msg or example.want).strip()[:300],
            'got': got.strip()[:300],
            'exception': exception,
            'surroundings': lacking,
        })


try:
    tests = []
    for number, document in enumerate(job['documents']):
        for name, text in documentation(document):
            examples = doctest.DocTestParser().get_examples(text)
            known = [[(e.source, e.want) for e in test[1]] for test in tests if test[0] == name]
            if examples and [(e.source, e.want) for e in examples] not in known:
                tests.append((name, examples, number))
except Exception as error:
    say(stage='documentation', error=words(error))

try:
    name = 'joule_target' if job['name'] in sys.stdlib_module_names else job['name']
    spec = importlib.util.spec_from_file_location(name, job['file'])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
except BaseException as error:
    say(stage='import', error=words(error), surroundings=surroundings(error))

for name, examples, number in tests:
    test = doctest.DocTest(examples, dict(module.__dict__), '%s of text %d' % (name, number), job['file'], 0, None)
    runner = Runner(checker=Checker(), verbose=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=lambda text: None, clear_globs=False)
say(stage='examples', passed=passed, failed=failed)
`;
