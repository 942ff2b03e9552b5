import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeSpan, escapeMarkdown, oneLine, plainText } from '../../server/base/escape.ts';

describe('escape', () => {
  it('takes terminal sequences and hidden characters out of plain text', () => {
    assert.equal(plainText('a\u001b[31mred\u001b[0m\u0007b'), 'aredb');
    assert.equal(plainText('\u001b]0;owned\u0007title'), 'title');
    assert.equal(plainText('abc\u202edcb\u2066x\u200f'), 'abcdcbx');
    assert.equal(plainText('one\r\ntwo\rthree\tfour'), 'one\ntwo\nthree\tfour');
    assert.equal(plainText('lone \ud800 half'), 'lone  half');
    assert.equal(plainText('whole 🌱 pair'), 'whole 🌱 pair');
  });

  it('keeps one line short without cutting a pair in two', () => {
    assert.equal(oneLine(' a\n b\t c ', 20), 'a b c');
    assert.equal(oneLine('abcdef', 4), 'abc…');
    assert.equal(oneLine('ab🌱cd', 4), 'ab…');
  });

  it('leaves no markup in Markdown', () => {
    assert.equal(escapeMarkdown('<script>alert(1)</script>'), '\\<script\\>alert(1)\\</script\\>');
    assert.equal(escapeMarkdown('[x](command:evil) ![i](http://a)'), '\\[x\\](command:evil) !\\[i\\](http:\\//a)');
    assert.equal(escapeMarkdown('**a** _b_ `c`'), '\\*\\*a\\*\\* \\_b\\_ \\`c\\`');
    assert.equal(escapeMarkdown('# head\n- item\n1. one\n    code'), '\\# head\n\\- item\n1\\. one\n code');
    assert.equal(escapeMarkdown('qwen2.5-coder:3b (GPU 2.94)'), 'qwen2.5-coder:3b (GPU 2.94)');
    assert.equal(
      escapeMarkdown('&lt;b&gt; me@example.org www.example.org'),
      '\\&lt;b\\&gt; me\\@example.org www\\.example.org',
    );
  });

  it('fences backticks with more backticks', () => {
    assert.equal(codeSpan('gemma3:4b'), '`gemma3:4b`');
    assert.equal(codeSpan('a`b``c'), '```a`b``c```');
    assert.equal(codeSpan('`x'), '`` `x ``');
    assert.equal(codeSpan('  '), '');
  });

  it('never lets an unescaped angle bracket, bracket or control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const escaped = escapeMarkdown(text);
        const unescaped = escaped.replace(/\\[\\`*_[\]<>&|~$/.#+\-=@)]/g, '');
        assert.doesNotMatch(unescaped, /[`*_[\]<>&|~\\]/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test.
        assert.doesNotMatch(escaped, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});
