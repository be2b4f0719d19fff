package site

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// judges gives the two that must agree on a site: the schema and Parse.
func judges(t *testing.T) (bySchema, byParse func(doc any) error) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("site.schema.json", doc))
	compiled, err := c.Compile("site.schema.json")
	require.NoError(t, err)
	return compiled.Validate, func(doc any) error {
		text, err := yaml.Dump(doc)
		require.NoError(t, err)
		_, err = Parse("site.yaml", text)
		return err
	}
}

func decoded(t *testing.T, name string) any {
	t.Helper()
	var doc any
	require.NoError(t, yaml.Load([]byte(sample(t, name)), &doc))
	return doc
}

func TestSchemaAndConsoleAcceptTheSamples(t *testing.T) {
	bySchema, byParse := judges(t)
	for _, name := range []string{"litware.yaml", "minimal.yaml"} {
		require.NoError(t, bySchema(decoded(t, name)), name)
		require.NoError(t, byParse(decoded(t, name)), name)
	}
}

// Every single value of the full sample is damaged in turn, every key removed,
// every mapping given a key too many: schema and console agree on each.
func TestSchemaAndConsoleRefuseTheSame(t *testing.T) {
	bySchema, byParse := judges(t)
	doc := decoded(t, "litware.yaml")
	tried := 0
	agree := func(where string) {
		tried++
		inSchema, inParse := bySchema(doc), byParse(doc)
		require.Equal(t, inParse == nil, inSchema == nil, "%s: console says %v, schema says %v", where, inParse, inSchema)
	}
	damage(doc, "", agree)
	require.Greater(t, tried, 400)
}

// damage edits a decoded document in place, shows each edit and takes it back.
// Keys that other parts of the file refer to, or that take part in rules
// between parts, are left: the schema does not know those rules.
func damage(node any, path string, show func(where string)) {
	switch v := node.(type) {
	case map[string]any:
		v["bogus"] = "x"
		if path != ".credentials" {
			show(path + " + bogus")
		}
		delete(v, "bogus")
		for _, k := range slices.Sorted(maps.Keys(v)) {
			old := v[k]
			for _, wrong := range []any{nil, 7, "", "no value\x1bhas this", []any{}, map[string]any{"x": 1}} {
				if between(path, k, wrong) {
					continue
				}
				v[k] = wrong
				show(path + "." + k)
			}
			if delete(v, k); !between(path, k, nil) {
				show(path + " - " + k)
			}
			v[k] = old
			damage(old, path+"."+k, show)
		}
	case []any:
		for _, e := range v[:min(len(v), 2)] { // the first has every key, the second few
			damage(e, path+"[]", show)
		}
	}
}

// between holds where a rule between parts of the file decides, which the
// schema leaves to the console.
func between(path, key string, wrong any) bool {
	switch {
	case path == ".credentials":
		return wrong == nil // removing one that others name
	case path == "" && key == "credentials":
		_, isMap := wrong.(map[string]any)
		return isMap // the names that others use are gone
	case path == ".hosts[]" && key == "run_as":
		return wrong == nil // whether it is needed depends on the credential
	case path == "" && key == "instances":
		list, isList := wrong.([]any)
		return isList && len(list) == 0 // there must be a primary
	}
	return false
}

func TestTheSampleUsesEveryKeyOfTheSchema(t *testing.T) {
	used := map[string]bool{}
	visit(decoded(t, "litware.yaml"), func(m map[string]any) {
		for k := range m {
			used[k] = true
		}
	})
	for _, k := range schemaKeys(t) {
		require.True(t, used[k], "testdata/litware.yaml does not use %s", k)
	}
}

// schemaKeys gives every key that the schema knows, wherever it may stand.
func schemaKeys(t *testing.T) []string {
	t.Helper()
	var schema any
	require.NoError(t, yaml.Load(Schema(), &schema))
	keys := map[string]bool{}
	visit(schema, func(m map[string]any) {
		props, _ := m["properties"].(map[string]any)
		for k := range props {
			keys[k] = true
		}
	})
	return slices.Sorted(maps.Keys(keys))
}

// visit shows every mapping of a decoded document.
func visit(node any, show func(map[string]any)) {
	switch v := node.(type) {
	case map[string]any:
		show(v)
		for _, e := range v {
			visit(e, show)
		}
	case []any:
		for _, e := range v {
			visit(e, show)
		}
	}
}
