package archive

import "container/list"

type frameKey struct {
	segment uint64
	index   int
}

type cached struct {
	key  frameKey
	text []byte
}

// frameCache keeps the frames used last, of so many bytes altogether.
type frameCache struct {
	room  int
	used  int
	order list.List // of *cached, the last used first
	byKey map[frameKey]*list.Element
}

func (c *frameCache) get(k frameKey) []byte {
	e, ok := c.byKey[k]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).text
}

func (c *frameCache) put(k frameKey, text []byte) {
	if _, ok := c.byKey[k]; ok || len(text) > c.room {
		return
	}
	if c.byKey == nil {
		c.byKey = map[frameKey]*list.Element{}
	}
	c.byKey[k] = c.order.PushFront(&cached{k, text})
	c.used += len(text)
	for c.used > c.room {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached)
		delete(c.byKey, old.key)
		c.used -= len(old.text)
	}
}
