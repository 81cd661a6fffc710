package queue

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Line is a queue as its API knows it.
type Line interface {
	Put(Message) (id string, err error)
	Hide(receipt string, after time.Duration) bool
}

// API is what of SQS's own API functions call on this machine: sending in batches, and hiding what they received.
type API struct {
	URL    string
	find   func(name string) (Line, bool)
	server *http.Server
}

// Serve answers on a free port of the loopback address; find knows the queues by name.
func Serve(find func(name string) (Line, bool)) (*API, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("queue.Serve: %w", err)
	}
	a := &API{URL: "http://" + l.Addr().String(), find: find}
	a.server = &http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = a.server.Serve(l) }()
	return a, nil
}

// QueueURL is the address of a queue, as functions know it.
func (a *API) QueueURL(name string) string { return a.URL + "/000000000000/" + name }

// Close lets running requests finish.
func (a *API) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := a.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("queue.Close: %w", err), a.server.Close())
	}
	return nil
}

type (
	sent struct {
		Id, MessageId, MD5OfMessageBody string
	}
	entryIn struct {
		Id, MessageBody, MessageGroupId, MessageDeduplicationId string
	}
	call struct {
		QueueUrl, ReceiptHandle string
		VisibilityTimeout       int
		Entries                 []entryIn
	}
)

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in call
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in); err != nil {
		refuse(w, "InvalidParameterValue", err.Error())
		return
	}
	q, ok := a.find(in.QueueUrl[strings.LastIndexByte(in.QueueUrl, '/')+1:])
	if !ok {
		refuse(w, "QueueDoesNotExist", in.QueueUrl)
		return
	}
	switch r.Header.Get("X-Amz-Target") {
	case "AmazonSQS.SendMessageBatch":
		answer := struct{ Successful, Failed []sent }{[]sent{}, []sent{}}
		for _, e := range in.Entries {
			id, err := q.Put(Message{Body: e.MessageBody, Group: e.MessageGroupId, Once: e.MessageDeduplicationId})
			if err != nil {
				refuse(w, "InternalError", err.Error())
				return
			}
			sum := md5.Sum([]byte(e.MessageBody))
			answer.Successful = append(answer.Successful, sent{e.Id, id, hex.EncodeToString(sum[:])})
		}
		reply(w, http.StatusOK, answer)
	case "AmazonSQS.ChangeMessageVisibility":
		if !q.Hide(in.ReceiptHandle, time.Duration(in.VisibilityTimeout)*time.Second) {
			refuse(w, "ReceiptHandleIsInvalid", in.ReceiptHandle)
			return
		}
		reply(w, http.StatusOK, struct{}{})
	default:
		refuse(w, "UnsupportedOperation", r.Header.Get("X-Amz-Target"))
	}
}

func refuse(w http.ResponseWriter, code, message string) {
	reply(w, http.StatusBadRequest, map[string]string{"__type": "com.amazonaws.sqs#" + code, "message": message})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
