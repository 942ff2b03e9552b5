// What a workspace tells about a document: manifests of every kind, neighbours, folders; real files read through a listing like the
// editor's.

import assert from 'node:assert/strict';
import {
  cargoModules,
  goModModules,
  packageJsonModules,
  pyprojectModules,
  requirementsModules,
} from '../../server/jobs/workspace/manifests.ts';
import { goPackageNames, importedModules } from '../../server/jobs/workspace/neighbours.ts';
import { surroundingsOf } from '../../server/jobs/workspace/surroundings.ts';
import { FakeEditor } from '../support/fake-editor.ts';

describe('manifests', () => {
  it('package.json names every kind of dependency and itself', () => {
    const text = '{"name":"me","dependencies":{"a":"1"},"devDependencies":{"@b/c":"1"},"peerDependencies":{"d":"*"}}';
    assert.deepEqual(packageJsonModules(text), ['me', 'a', '@b/c', 'd']);
    assert.equal(packageJsonModules('{'), undefined);
  });

  it('pyproject.toml names PEP 621, groups and Poetry, by the names that are imported', () => {
    const text = [
      '[project]',
      'name = "my-app"',
      'dependencies = ["requests[socks]>=2", "PyYAML; python_version < \\"4\\""]',
      '[project.optional-dependencies]',
      'docs = ["scikit-learn"]',
      '[dependency-groups]',
      'dev = ["pytest", {include-group = "docs"}]',
      '[tool.poetry.dependencies]',
      'python = "^3.11"',
      'python-dateutil = "*"',
      '[tool.poetry.group.x.dependencies]',
      'numpy = "*"',
    ].join('\n');
    const modules = pyprojectModules(text) ?? [];
    for (const name of ['requests', 'yaml', 'sklearn', 'pytest', 'dateutil', 'numpy', 'my_app'])
      assert.ok(modules.includes(name), name);
  });

  it('pyproject.toml that leaves dependencies to others says nothing', () => {
    assert.equal(pyprojectModules('[project]\nname = "a"\ndynamic = ["dependencies"]\n'), undefined);
    assert.equal(pyprojectModules('[tool.black]\nline-length = 88\n'), undefined);
    assert.equal(pyprojectModules('[project'), undefined);
  });

  it('requirements.txt skips options, comments and addresses', () => {
    const modules = requirementsModules(
      '# all\n-r other.txt\nPillow==10  # pictures\n\nhttps://x/y.whl\nname @ git+https://x/y\n',
    );
    assert.ok(modules.includes('PIL') && modules.includes('name') && !modules.includes('https'));
  });

  it('Cargo.toml names all tables, targets and itself, with underscores', () => {
    const text =
      '[package]\nname = "my-crate"\n[dependencies]\nserde-json = "1"\n[dev-dependencies]\nrand = "0.8"\n[target.\'cfg(unix)\'.dependencies]\nnix = "1"\n';
    assert.deepEqual(cargoModules(text), ['serde_json', 'rand', 'nix', 'my_crate']);
  });

  it('go.mod names its module and what it requires', () => {
    const text =
      'module example.org/app\n\ngo 1.22\n\nrequire golang.org/x/text v0.1.0\n\nrequire (\n\tgithub.com/a/b v1.0.0 // indirect\n)\n';
    assert.deepEqual(goModModules(text), { own: 'example.org/app', required: ['github.com/a/b', 'golang.org/x/text'] });
  });
});

describe('neighbours', () => {
  it('tell the names of a Go package, one by one and in blocks', () => {
    const text =
      'package a\n\nfunc F() {}\nfunc (t T) M() {}\ntype T struct{}\nvar (\n\tx, y = 1, 2\n\tz int\n)\nconst K = 1\nvar p, q int\n';
    assert.deepEqual(new Set(goPackageNames(text)), new Set(['F', 'T', 'x', 'y', 'z', 'K', 'p', 'q']));
  });

  it('tell what they import', () => {
    assert.deepEqual(importedModules('import os, sys\nfrom a.b import c\n', 'python'), ['os', 'a']);
    assert.deepEqual(
      importedModules("import x from '@a/b/c';\nconst y = require('d/e');\nimport './f';\n", 'typescript'),
      ['@a/b', 'd'],
    );
    assert.deepEqual(importedModules('use serde::Serialize;\n', 'rust'), ['serde']);
  });
});

describe('the surroundings of a document', () => {
  function editorWith(files: Record<string, string>): FakeEditor {
    const editor = new FakeEditor();
    for (const [path, text] of Object.entries(files)) editor.files.set(path, text);
    return editor;
  }

  it('of Python are its manifest, its packages, what lies installed and what neighbours import', async () => {
    const editor = editorWith({
      '/project/pyproject.toml': '[project]\nname = "app"\ndependencies = ["requests"]\n',
      '/project/app/main.py': '',
      '/project/app/tools.py': 'import click\n',
      '/project/app/models/user.py': '',
      '/project/.venv/lib/python3.12/site-packages/rich/__init__.py': '',
    });
    const seen = await surroundingsOf({ path: '/project/app/main.py', languageId: 'python', text: '' }, editor);
    assert.ok(seen);
    assert.equal(seen.manifest?.file, '../pyproject.toml');
    assert.ok(seen.manifest.modules.includes('requests'));
    for (const name of ['app', 'tools', 'models', 'rich', 'click']) assert.ok(seen.modules.includes(name), name);
    assert.deepEqual(seen.folders['./models'], ['user.py']);
    assert.ok(seen.folders['.']?.includes('tools.py') && seen.folders['..']?.includes('pyproject.toml'));
  });

  it('leave everything open where one manifest does not say', async () => {
    const editor = editorWith({ '/project/a.py': '', '/project/requirements.txt': 'x\n', '/project/setup.py': '' });
    const seen = await surroundingsOf({ path: '/project/a.py', languageId: 'python', text: '' }, editor);
    assert.ok(seen && seen.manifest === undefined);
  });

  it('of Go are the names of the same package only', async () => {
    const editor = editorWith({
      '/project/go.mod': 'module example.org/app\n',
      '/project/a.go': 'package app\n',
      '/project/b.go': 'package app\n\nfunc helper() {}\n',
      '/project/c_test.go': 'package app_test\n\nfunc other() {}\n',
    });
    const seen = await surroundingsOf({ path: '/project/a.go', languageId: 'go', text: 'package app\n' }, editor);
    assert.deepEqual(seen?.packageNames, ['helper']);
    assert.ok(seen?.modules.includes('example.org/app'));
  });

  it('are unknown for other languages and outside of the workspace', async () => {
    const editor = editorWith({ '/project/a.py': '' });
    assert.equal(await surroundingsOf({ path: '/project/a.lua', languageId: 'lua', text: '' }, editor), undefined);
    assert.equal(await surroundingsOf({ path: '/elsewhere/a.py', languageId: 'python', text: '' }, editor), undefined);
  });
});
