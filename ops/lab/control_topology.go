package lab

import "strings"

// ctlTopology is Topology Builder with a person at its keyboard: stores are
// defined and chosen in a draft, which counts once it is published.
func (l *Lab) ctlTopology(v map[string]string) (any, error) {
	for _, machine := range strings.FieldsFunc(v["define"], func(r rune) bool { return r == ',' }) {
		if err := l.world.DefineStore(machine); err != nil {
			return nil, err
		}
	}
	for _, purpose := range []string{"mirror", "backup", "backup-mirror"} {
		machine, given := v[purpose]
		if !given {
			continue
		}
		if err := l.world.SetStore(purpose, machine); err != nil {
			return nil, err
		}
	}
	if v["publish"] != "" {
		publish, err := flag(v, "publish")
		if err != nil {
			return nil, err
		}
		if publish {
			l.world.PublishTopology(v["replicate"] != "false")
		}
	}
	return l.world.Topology(), nil
}
