package process

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be a parent that is killed, and the helper that must not outlive it.
func TestMain(m *testing.M) {
	switch os.Getenv("LEJEK_TEST_ROLE") {
	case "parent":
		_ = os.Setenv("LEJEK_TEST_ROLE", "helper")
		p, err := Start(context.Background(), "ready", os.Args[0])
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(p.cmd.Process.Pid)
		select {}
	case "helper":
		fmt.Println("ready")
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

func TestHelperDiesWithAKilledParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can tie a process to its parent")
	}
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "LEJEK_TEST_ROLE=parent")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	helper, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the parent said %q", line)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for end := time.Now().Add(5 * time.Second); alive(helper); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the helper outlived its parent")
		}
	}
}

// alive tells whether the process runs; one that nobody has waited for yet does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestHelperThatStopsAtOnceSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), "never said", "go", "no-such-command")
	if err == nil || !strings.Contains(err.Error(), "it stopped at once") || !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("got %v", err)
	}
}
