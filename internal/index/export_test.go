package index

// Connect opens a database as the index does.
var Connect = connect
