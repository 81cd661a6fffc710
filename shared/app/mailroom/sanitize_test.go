package mailroom

import (
	"strings"
	"testing"
)

// TestShownHTMLDoesNothing is edge case 71: script, form, remote image, overlay; images by Content-ID only where they are there.
func TestShownHTMLDoesNothing(t *testing.T) {
	t.Parallel()
	safe := sanitize()
	has := func(id string) bool { return id == "logo@x" || id == "a&b" }
	for name, c := range map[string]struct{ html, want string }{
		"script":                {`<p>a<script>alert(1)</script></p>`, `<p>a</p>`},
		"handler":               {`<b onclick="x()">a</b>`, `<b>a</b>`},
		"form":                  {`<form action="https://evil.example"><input name=p type=password><button>Log in</button></form>`, `Log in`},
		"frame":                 {`<iframe src="https://evil.example"></iframe>a`, `a`},
		"remote image":          {`<img src="https://t.example/1.gif" width="1" height="1">`, `<img width="1" height="1">`},
		"image in CSS":          {`<div style="background:url(https://t.example/1.gif)">a</div>`, `<div>a</div>`},
		"remote style":          {`<link rel=stylesheet href="https://t.example/x.css"><style>@import url(https://t.example)</style>a`, `a`},
		"overlay":               {`<div style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999">a</div>`, `<div>a</div>`},
		"class and id":          {`<div class="app-header" id="menu">a</div>`, `<div>a</div>`},
		"script in a link":      {`<a href="javascript:alert(1)">a</a>`, `a`},
		"data in a link":        {`<a href="data:text/html,x">a</a>`, `a`},
		"base":                  {`<base href="https://evil.example/"><a href="/x">a</a>`, `a`},
		"refresh":               {`<meta http-equiv=refresh content="0;url=https://evil.example">a`, `a`},
		"SVG":                   {`<svg><script>alert(1)</script><a xlink:href="javascript:x">a</a></svg>`, `a`},
		"MathML":                {`<math><mtext><script>alert(1)</script></mtext></math>a`, `a`},
		"attached image":        {`<img src="cid:logo@x" alt="l">`, `<img src="cid:logo@x" alt="l">`},
		"attached, encoded":     {`<img src="cid:logo%40x">`, `<img src="cid:logo%40x">`},
		"attached, escaped":     {`<img src="cid:a&amp;b">`, `<img src="cid:a&amp;b">`},
		"image that is missing": {`<img src="cid:other" alt="l">`, `<img alt="l">`},
		"image as data":         {`<img src="data:image/png;base64,AAAA">`, ``},
		"text like an image":    {`<p>write src="cid:other" there</p>`, `<p>write src=&#34;cid:other&#34; there</p>`},
		"comment":               {`a<!--[if mso]><script>alert(1)</script><![endif]-->b`, `ab`},
		"template":              {`<template><img src=x onerror=alert(1)></template>a`, `a`},
		"audio and video":       {`<video src="https://t.example/v" poster="https://t.example/p"></video><audio src="https://t.example/a"></audio>a`, `a`},
		"picture set":           {`<picture><source srcset="https://t.example/1.png"><img srcset="https://t.example/2.png 2x"></picture>`, ``},
		"table background":      {`<table background="https://t.example/b.gif"><tr><td background="https://t.example/c.gif">a</td></tr></table>`, `<table><tr><td>a</td></tr></table>`},
	} {
		got := safe(c.html, has)
		if strings.ReplaceAll(got, "/>", ">") != c.want && strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
		for _, harm := range []string{"t.example", "script:", "<script", "onerror", "<form", "<input", "style="} {
			if strings.Contains(got, harm) {
				t.Errorf("%s: %q in %s", name, harm, got)
			}
		}
	}
}
