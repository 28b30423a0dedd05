// Reads a log that Truceline published with the libraries of Go's checksum database (golang.org/x/mod/sumdb), which
// know nothing of Truceline: the signed checkpoint, the root over all tiles, inclusion and consistency proofs.
//
//	go run . FOLDER VKEY-FILE [EARLIER-CHECKPOINT]
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads tiles from a folder laid out as C2SP tlog-tiles, whose paths do not hold the tile's height.
type tiles struct{ folder string }

func (t tiles) Height() int                      { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// head opens a signed checkpoint and reads size and root.
func head(file string, verifier note.Verifier) tlog.Tree {
	data, err := os.ReadFile(file)
	must(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// entry reads an entry from its bundle.
func entry(folder string, size, index int64) []byte {
	n, width := index/256, size-index/256*256
	path := strings.Replace(tlog.Tile{H: 8, L: -1, N: n, W: 256}.Path(), "tile/8/data/", "tile/entries/", 1)
	if width < 256 {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	for i := int64(0); ; i++ {
		length := binary.BigEndian.Uint16(data)
		if i == index%256 {
			return data[2 : 2+length]
		}
		data = data[2+length:]
	}
}

func main() {
	folder := os.Args[1]
	vkey, err := os.ReadFile(os.Args[2])
	must(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	must(err)
	tree := head(filepath.Join(folder, "checkpoint"), verifier)
	reader := tlog.TileHashReader(tree, tiles{folder})
	root, err := tlog.TreeHash(tree.N, reader)
	must(err)
	if root != tree.Hash {
		log.Fatal("the tiles do not lead to the root")
	}
	proofs := 0
	for index := int64(0); index < tree.N; index += 1 + tree.N/500 {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		must(err)
		data := entry(folder, tree.N, index)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(data)))
		if tlog.RecordHash(data) != tlog.Hash(sha256.Sum256(append([]byte{0}, data...))) {
			log.Fatal("not the leaf hash of RFC 6962")
		}
		proofs++
	}
	fmt.Printf("%d entries, root as signed, %d inclusion proofs good\n", tree.N, proofs)
	for _, file := range os.Args[3:] {
		earlier := head(file, verifier)
		proof, err := tlog.ProveTree(tree.N, earlier.N, reader)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash))
		fmt.Printf("continues the log of %d entries\n", earlier.N)
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
