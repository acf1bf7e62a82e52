"""SOAP: the WSDL, signed requests by zeep, and answers by the names of their fields."""
