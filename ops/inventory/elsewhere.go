package inventory

import "slices"

// elsewhere takes in what lies in other places that a server names. What of it can
// be read is told like anything else that is known.
func (t *taking) elsewhere() {
	t.Places = append(t.Places, t.Unseen...)
	var told []Told
	for _, f := range t.Found {
		if f.Err != nil {
			if Own(t.Database, f.Name) && !t.known(f.File) {
				t.add(Backup{Name: f.Name, Kind: Unread, Why: "it lies in " + f.Folder + ": " + f.Err.Error(), Lies: f.Folder, Own: true, Lost: true})
			}
			continue
		}
		for i := range f.Sets {
			if h := &f.Sets[i]; t.ours(h) {
				told = append(told, Told{Name: f.Name, Header: h, Lies: f.Folder})
			}
		}
	}
	t.Told = slices.Concat(told, t.Told)
}

const logBackup = 2 // BackupType of RESTORE HEADERONLY
