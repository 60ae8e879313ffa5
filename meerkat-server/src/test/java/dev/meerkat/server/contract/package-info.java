/** The whole contract, by our own client at our own server. */
package dev.meerkat.server.contract;
