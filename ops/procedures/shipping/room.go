package shipping

import (
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// need is what is to be written into a folder.
type need struct {
	folder string
	bytes  int64
}

// room compares what is to be written with what the volumes of a server have
// free. Of a volume that the server does not tell of nobody knows: that is no
// pass, but a note.
func room(label string, on procedures.Storage, needs ...need) (gates []engine.Gate, notes []string) {
	var order []procedures.Volume
	sum := map[procedures.Volume]int64{}
	for _, n := range needs {
		v, known := on.Volume(n.folder)
		if !known {
			notes = append(notes, fmt.Sprintf("warning: %s does not tell how much is free in %s, and %d MB are needed",
				label, orNone(n.folder), megabytes(n.bytes)))
			continue
		}
		if _, again := sum[v]; !again {
			order = append(order, v)
		}
		sum[v] += n.bytes
	}
	for _, v := range order {
		gates = append(gates, engine.Gate{
			Name: "room on " + label + ", " + strings.TrimRight(v.Mount, `\`), Holds: v.Free > sum[v],
			Seen: fmt.Sprintf("%d MB free", v.Free>>20), Want: fmt.Sprintf("%d MB free", megabytes(sum[v])), Do: "free space on the volume " + v.Mount,
		})
	}
	return gates, notes
}

func megabytes(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }

// placing is what the files of a database need where they are placed.
func placing(files []procedures.DataFile, to procedures.Storage) []need {
	data, log := need{folder: to.DataFolder}, need{folder: to.LogFolder}
	for _, f := range files {
		if f.Log {
			log.bytes += f.Bytes
		} else {
			data.bytes += f.Bytes
		}
	}
	return []need{data, log}
}
